-- A record that cannot be read becomes a case of the kind poison: listed, counted, and reported by an outcome event. Its
-- body stays as it is. Uses cases.lua and whole-version.lua.
-- KEYS: refund, history, receipt, waiting, wake-ups, events, by-state from, by-state dead_lettered
-- ARGV: 1 refund_id, 2 version and 3 state and 4 body compared with ('' none; a body of '*' is not compared),
--       5 'keep' | 'release' the receipt lock, 6 history entry, 7 outcome event, 8 now, 9 prefix of case indexes
-- Answers {version after, job id of the next waiter or ''}, or {0, ''} when the record is another one by now.
local id = ARGV[1]
local stored = redis.call('HMGET', KEYS[1], 'version', 'state', 'body', 'job')
local another = ARGV[4] ~= '*' and (stored[3] or '') ~= ARGV[4]
if (stored[1] or '') ~= ARGV[2] or stored[2] ~= ARGV[3] or another then return { 0, '' } end
local version = whole_version(stored[1]) + 1
redis.call('HSET', KEYS[1], 'state', 'dead_lettered', 'version', string.format('%.0f', version))
redis.call('HDEL', KEYS[1], 'wake', 'written', 'job', 'deadline', 'waits', 'resting', 'activations')
redis.call('RPUSH', KEYS[2], ARGV[6])
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 100000, '*', 'event', ARGV[7])
redis.call('ZREM', KEYS[5], id)
-- By time of acceptance, which is its score in the index.
local score = redis.call('ZSCORE', KEYS[7], id) or ARGV[8]
redis.call('ZREM', KEYS[7], id)
redis.call('ZADD', KEYS[8], score, id)
index_case(KEYS[1], ARGV[9], id, score, { case = 'poison', severity = 'critical', at = tonumber(ARGV[8]) })

if stored[4] then redis.call('ZREM', KEYS[4], stored[4]) end
local waiter = ''
if ARGV[5] == 'release' and redis.call('HGET', KEYS[3], 'lock') == id then
  redis.call('HDEL', KEYS[3], 'lock')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return { version, waiter }
