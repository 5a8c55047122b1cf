-- A record that cannot be read becomes a case of the kind poison: listed, counted, and reported by an outcome event. Its
-- body stays as it is. Uses cases.lua and counts.lua.
-- KEYS: refund, history, receipt, waiting, wake-ups, events, by-state from, by-state dead_lettered
-- ARGV: 1 JSON (below), 2 body compared with ('' none; '*': it is not compared), 3 history line, 4 outcome event
-- JSON: days, moment, counts (as counts.lua takes them), refund_id, version (compared with, the text as it is stored, '' none), state (compared with), next_version, lock
--       (of the receipt: 'keep' | 'release'), now (ms), cases (prefix of case indexes), place (as cases.lua takes it)
-- Answers the job id of the next waiter ('' none), or nil when the record is another one by now.
local step = cjson.decode(ARGV[1])
local id = step.refund_id
local stored = redis.call('HMGET', KEYS[1], 'version', 'state', 'body', 'job')
local another = ARGV[2] ~= '*' and (stored[3] or '') ~= ARGV[2]
if (stored[1] or '') ~= step.version or stored[2] ~= step.state or another then return nil end
redis.call('HSET', KEYS[1], 'state', 'dead_lettered', 'version', string.format('%.0f', step.next_version))
redis.call('HDEL', KEYS[1], 'wake', 'written', 'job', 'deadline', 'waits', 'resting', 'activations')
redis.call('RPUSH', KEYS[2], ARGV[3])
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 100000, '*', 'event', ARGV[4])
redis.call('ZREM', KEYS[5], id)
-- By time of acceptance, which is its score in the index.
local score = redis.call('ZSCORE', KEYS[7], id) or step.now
redis.call('ZREM', KEYS[7], id)
redis.call('ZADD', KEYS[8], score, id)
index_case(KEYS[1], step.cases, id, score, { case = 'poison', severity = 'critical', at = step.now }, step.place)

count(step.days, step.moment, step.counts)

if stored[4] then redis.call('ZREM', KEYS[4], stored[4]) end
if step.lock == 'keep' or redis.call('HGET', KEYS[3], 'lock') ~= id then return '' end
redis.call('HDEL', KEYS[3], 'lock')
return redis.call('ZPOPMIN', KEYS[4])[1] or ''
