-- BullMQ's locks expire by Redis' clock. One that was taken while the clock was ahead would keep the job of a dead worker
-- from everybody for as long as the clock was wrong, and so would the mark that somebody has just looked for such jobs.
-- KEYS: active, stalled-check. ARGV: 1 prefix of job keys, 2 longest believable time to live, ms
local longest = tonumber(ARGV[2])
local function shorten(key)
  if redis.call('PTTL', key) > longest then redis.call('PEXPIRE', key, longest) end
end
shorten(KEYS[2])
for _, job in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do shorten(ARGV[1] .. job .. ':lock') end
