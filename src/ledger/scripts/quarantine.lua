-- A record that cannot be read any more goes in front of a person; what is stored stays as it is, and so does the hold.
-- KEYS: refund, history, wake-ups, by-state dead_lettered, and the four open by-state indexes
-- ARGV: 1 refund_id, 2 now, 3 history entry
-- Answers the version it has there.
local stored = redis.call('HMGET', KEYS[1], 'state', 'version')
if stored[1] == 'dead_lettered' then return tonumber(stored[2]) end
redis.call('HSET', KEYS[1], 'state', 'dead_lettered')
local version = redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('RPUSH', KEYS[2], ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 5, 8 do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
return version
