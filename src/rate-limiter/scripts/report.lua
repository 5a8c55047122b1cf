-- How a call ended, for the breaker and the throttle. Uses moment.lua.
-- KEYS: rate limiter. ARGV: 'failed' | 'answered' | 'throttled', wait in us (throttled only)
-- Answers how many calls in a row got no answer.
if ARGV[1] == 'failed' then
  redis.call('HSETNX', KEYS[1], 'failing_since', text(now_us()))
  return redis.call('HINCRBY', KEYS[1], 'failures', 1)
end
redis.call('HSET', KEYS[1], 'failures', 0)
redis.call('HDEL', KEYS[1], 'failing_since')
if ARGV[1] == 'throttled' then
  local now = now_us()
  local until_us = now + tonumber(ARGV[2])
  if until_us > moment(redis.call('HGET', KEYS[1], 'shut'), now, LONGEST_THROTTLE_US) then
    redis.call('HSET', KEYS[1], 'shut', text(until_us))
  end
end
return 0
