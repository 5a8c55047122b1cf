-- One permit for a call that writes nothing to the ledger. Uses gate.lua.
-- KEYS: gate. ARGV: kind, interval in us.
-- Answers {'go' | 'wait', us (see gate.lua), silences}.
local answer, us = gate_pass(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return { answer, string.format('%.0f', us), redis.call('HGET', KEYS[1], 'silent') or '0' }
