-- How a call ended, for the breaker and the throttle. Uses permit.lua.
-- KEYS: gate. ARGV: 'silent' | 'answered' | 'throttled', wait in us (throttled only).
-- Answers the number of consecutiveFailures in a row.
if ARGV[1] == 'silent' then
  return redis.call('HINCRBY', KEYS[1], 'silent', 1)
end
redis.call('HSET', KEYS[1], 'silent', 0)
if ARGV[1] == 'throttled' then
  local now = gate_now()
  local untilUs = now + tonumber(ARGV[2])
  if untilUs > gate_moment(redis.call('HGET', KEYS[1], 'shut'), now, LONGEST_THROTTLE_US) then
    redis.call('HSET', KEYS[1], 'shut', string.format('%.0f', untilUs))
  end
end
return 0
