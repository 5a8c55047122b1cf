-- Gives permits for calls to Bootpay: GCRA on Redis' own time. Nothing is reserved, so that a process that stops, dies or
-- comes late costs the others nothing: a process without a permit asks again later. A process that asks a little late gets the
-- moment that was due (CREDIT_US), which the reserve in the interval covers.
-- While the breaker is open, one look-up passes per probe interval, and the token that it may need.
-- How many were given in this second and in the one before is kept for people to see.
-- Uses moment.lua.
-- KEYS: rate limiter. ARGV: 1 JSON {interval_us between two calls, wanted: how many permits, tokens and look_ups: of them}
-- Answers JSON {granted: permits given; at_us (now) and wait_us until the next may be given (0: all were), as text;
--   failures in a row; breaker_is_open}
local BREAKER_FAILURES = 10
local PROBE_INTERVAL_US = 10000000
local CREDIT_US = 5000
local LONGEST_INTERVAL_US = 1100000

local ask = cjson.decode(ARGV[1])
local interval, wanted, tokens, look_ups = ask.interval_us, ask.wanted, ask.tokens, ask.look_ups
local now = now_us()
local kept = redis.call('HMGET', KEYS[1], 'next', 'shut', 'failures', 'probe')
local failures = tonumber(kept[3]) or 0
local open = failures >= BREAKER_FAILURES
local function answer(given, wait)
  return cjson.encode({ granted = given, at_us = text(now), wait_us = text(wait), failures = failures, breaker_is_open = open })
end

local shut = moment(kept[2], now, LONGEST_THROTTLE_US)
if now < shut then return answer(0, shut - now) end
local probes = open and tokens == 0
if probes then
  local probe = moment(kept[4], now, PROBE_INTERVAL_US)
  if look_ups == 0 or now < probe then return answer(0, math.max(probe - now, 1000000)) end
  wanted = 1
elseif open then
  wanted = tokens
end

local due = tonumber(kept[1]) or 0
-- Too far ahead: the last call may have been made a moment ago, so no earlier than a whole interval after now.
local is_wrong = due - now > math.max(interval, LONGEST_INTERVAL_US) + CREDIT_US
if is_wrong then due = now + interval end
local given = 0
while given < wanted and due <= now do
  due = math.max(due, now - CREDIT_US) + interval
  given = given + 1
end
if given > 0 or is_wrong then redis.call('HSET', KEYS[1], 'next', text(due)) end
if given > 0 then
  local second = math.floor(now / 1000000)
  local counted = redis.call('HMGET', KEYS[1], 'second', 'used')
  local ahead = second - (tonumber(counted[1]) or 0)
  local used = tonumber(counted[2]) or 0
  redis.call('HSET', KEYS[1], 'second', text(second), 'used', ahead == 0 and used + given or given)
  if ahead ~= 0 then redis.call('HSET', KEYS[1], 'used_before', ahead == 1 and used or 0) end
end
if given > 0 and probes then redis.call('HSET', KEYS[1], 'probe', text(now + PROBE_INTERVAL_US)) end
return answer(given, given < wanted and due - now or 0)
