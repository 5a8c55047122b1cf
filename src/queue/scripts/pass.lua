-- One permit for a call that writes nothing to the ledger.
-- KEYS: gate. ARGV: kind, ticket (0: none), interval in us.
-- Answers {'go'} or {'wait', us, ticket, silences}.
local answer, us, ticket = gate_pass(KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
return { answer, string.format('%.0f', us), string.format('%.0f', ticket), redis.call('HGET', KEYS[1], 'silent') or '0' }
