-- Library: one permit of the call gate (GCRA on Redis' own time, in microseconds).
-- gate_pass(key, kind, interval_us, now) answers
--   'go', now, consecutiveFailures      call now
--   'wait', us, consecutiveFailures     nothing was given and nothing is kept for the caller: ask again after so many microseconds
-- Nothing is reserved, so that whoever stops, dies or comes late costs the others nothing. Who comes a little late
-- takes the moment that was due (CREDIT_US), which the reserve in the interval covers.
-- kind: 'cancel', 'look_up' or 'token'. While the breaker is open one look-up passes per probe interval.
-- Every moment kept here lies ahead by a known wait at most. One that lies further ahead was written while the clock was
-- ahead: it is not believed, or one wrong reading would stop every call for as long as the clock was wrong.
local BREAKER_SILENCES = 10
local PROBE_INTERVAL_US = 10000000
local CREDIT_US = 5000
local LONGEST_INTERVAL_US = 1100000
local LONGEST_THROTTLE_US = 300000000

local function gate_now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- The stored moment; 0 where there is none, or where it lies further ahead than `longest`.
local function gate_moment(stored, now, longest)
  local moment = tonumber(stored) or 0
  return moment - now > longest and 0 or moment
end

local function gate_pass(key, kind, interval_us, now)
  local gate = redis.call('HMGET', key, 'next', 'shut', 'silent', 'probe')
  local shut = gate_moment(gate[2], now, LONGEST_THROTTLE_US)
  local consecutiveFailures = gate[3] or '0'
  if now < shut then return 'wait', shut - now, consecutiveFailures end
  local open = tonumber(consecutiveFailures) >= BREAKER_SILENCES
  if open and kind ~= 'token' then
    local probe = gate_moment(gate[4], now, PROBE_INTERVAL_US)
    if kind == 'cancel' or now < probe then return 'wait', math.max(probe - now, 1000000), consecutiveFailures end
  end
  local due = tonumber(gate[1]) or 0
  if due - now > math.max(interval_us, LONGEST_INTERVAL_US) + CREDIT_US then
    -- The last call may have been made a moment ago: no earlier than a whole interval after now.
    due = now + interval_us
    redis.call('HSET', key, 'next', string.format('%.0f', due))
  end
  if now < due then return 'wait', due - now, consecutiveFailures end
  redis.call('HSET', key, 'next', string.format('%.0f', math.max(due, now - CREDIT_US) + interval_us))
  if open and kind == 'look_up' then
    redis.call('HSET', key, 'probe', string.format('%.0f', now + PROBE_INTERVAL_US))
  end
  return 'go', now, consecutiveFailures
end
