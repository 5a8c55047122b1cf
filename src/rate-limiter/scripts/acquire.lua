-- One permit for a call that writes nothing to the ledger. Uses permit.lua.
-- KEYS: gate. ARGV: kind, interval in us.
-- Answers {'go' | 'wait', us (see permit.lua), consecutiveFailures}.
local answer, us, consecutiveFailures = gate_pass(KEYS[1], ARGV[1], tonumber(ARGV[2]), gate_now())
return { answer, string.format('%.0f', us), consecutiveFailures }
