-- Library: one permit of the call gate (GCRA on Redis' own time, in microseconds).
-- gate_pass(key, kind, interval_us, now) answers
--   'go', now, silences      call now
--   'wait', us, silences     nothing was given and nothing is kept for the caller: ask again after so many microseconds
-- Nothing is reserved, so that whoever stops, dies or comes late costs the others nothing. Who comes a little late
-- takes the moment that was due (CREDIT_US), which the reserve in the interval covers.
-- kind: 'cancel', 'look_up' or 'token'. While the breaker is open one look-up passes per probe interval.
local BREAKER_SILENCES = 10
local PROBE_INTERVAL_US = 10000000
local CREDIT_US = 5000

local function gate_now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function gate_pass(key, kind, interval_us, now)
  local gate = redis.call('HMGET', key, 'next', 'shut', 'silent', 'probe')
  local shut = tonumber(gate[2]) or 0
  local silences = gate[3] or '0'
  if now < shut then return 'wait', shut - now, silences end
  local open = tonumber(silences) >= BREAKER_SILENCES
  if open and kind ~= 'token' then
    local probe = tonumber(gate[4]) or 0
    if kind == 'cancel' or now < probe then return 'wait', math.max(probe - now, 1000000), silences end
  end
  local due = tonumber(gate[1]) or 0
  if now < due then return 'wait', due - now, silences end
  redis.call('HSET', key, 'next', string.format('%.0f', math.max(due, now - CREDIT_US) + interval_us))
  if open and kind == 'look_up' then
    redis.call('HSET', key, 'probe', string.format('%.0f', now + PROBE_INTERVAL_US))
  end
  return 'go', now, silences
end
