-- Library: one permit of the call gate (GCRA with no burst, on Redis' own time).
-- gate_pass(key, kind, ticket, interval_us) answers, in microseconds:
--   'go'                  call now
--   'wait', us, ticket    come back after `us` with this ticket (0: none was given, the gate is shut)
-- A ticket is a slot already reserved; it is good for 10 ms, the reserve that the interval leaves.
-- kind: 'cancel', 'look_up' or 'token'. While the breaker is open one look-up passes per probe interval.
local BREAKER_SILENCES = 10
local PROBE_INTERVAL_US = 10000000
local TICKET_LIFE_US = 10000
local EARLY_US = 1000

local function gate_now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function gate_pass(key, kind, ticket, interval_us)
  local now = gate_now()
  local gate = redis.call('HMGET', key, 'next', 'shut', 'silent', 'probe')
  local shut = tonumber(gate[2]) or 0
  if now < shut then return 'wait', shut - now, 0 end
  local open = (tonumber(gate[3]) or 0) >= BREAKER_SILENCES
  if open and kind ~= 'token' then
    local probe = tonumber(gate[4]) or 0
    if kind == 'cancel' or now < probe then return 'wait', math.max(probe - now, 1000000), 0 end
  end
  if ticket == 0 or ticket > now + EARLY_US or ticket < now - TICKET_LIFE_US then
    ticket = math.max(now, tonumber(gate[1]) or 0)
    redis.call('HSET', key, 'next', string.format('%.0f', ticket + interval_us))
  end
  if ticket > now + EARLY_US then return 'wait', ticket - now, ticket end
  if open and kind == 'look_up' then
    redis.call('HSET', key, 'probe', string.format('%.0f', now + PROBE_INTERVAL_US))
  end
  return 'go', 0, 0
end
