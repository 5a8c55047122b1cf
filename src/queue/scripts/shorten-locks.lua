-- BullMQ's locks expire by Redis' clock. A lock taken while the clock was ahead would keep a dead worker's job from all
-- others for as long as the clock was wrong. So would BullMQ's mark that stalled jobs were just checked (stalled-check).
-- KEYS: active, stalled-check. ARGV: 1 prefix of job keys, 2 longest believable time to live, ms
local longest = tonumber(ARGV[2])
local function shorten(key)
  if redis.call('PTTL', key) > longest then redis.call('PEXPIRE', key, longest) end
end
shorten(KEYS[2])
for _, job in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do shorten(ARGV[1] .. job .. ':lock') end
