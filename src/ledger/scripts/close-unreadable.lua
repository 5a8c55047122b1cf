-- A person closes a dead letter whose record cannot be read. Its body stays as it is; an account kept for it is erased. Uses
-- cases.lua and whole-version.lua.
-- KEYS: refund, history, receipt, waiting, events, by-state dead_lettered, by-state resolved
-- ARGV: 1 refund_id, 2 version compared with, 3 history entry, 4 outcome event, 5 marks to add to the receipt,
--       6 open drifts to close, 7 now, 8 prefix of case indexes
-- Answers {version after, job id of the next waiter or ''}, or {0, ''} when the case has moved on.
local id = ARGV[1]
local stored = redis.call('HMGET', KEYS[1], 'version', 'state')
local version = whole_version(stored[1])
if version ~= tonumber(ARGV[2]) or stored[2] ~= 'dead_lettered' then return { 0, '' } end
version = version + 1
redis.call('HSET', KEYS[1], 'state', 'resolved', 'version', string.format('%.0f', version))
redis.call('HDEL', KEYS[1], 'account', 'mac')
redis.call('RPUSH', KEYS[2], ARGV[3])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 100000, '*', 'event', ARGV[4])
local score = redis.call('ZSCORE', KEYS[6], id) or ARGV[7]
redis.call('ZREM', KEYS[6], id)
redis.call('ZADD', KEYS[7], score, id)
index_case(KEYS[1], ARGV[8], id, score, nil)

local receipt = redis.call('HMGET', KEYS[3], 'lock', 'version', 'marks', 'drifts')
local marks, drifts = tonumber(ARGV[5]), math.min(tonumber(ARGV[6]), tonumber(receipt[4]) or 0)
if marks > 0 or drifts > 0 then
  -- As commit.lua does it: higher than before, and at least now.
  local after = math.max((tonumber(receipt[2]) or 0) + 1, tonumber(ARGV[7]))
  redis.call('HSET', KEYS[3], 'version', string.format('%.0f', after))
  if marks > 0 then redis.call('HINCRBY', KEYS[3], 'marks', marks) end
  if drifts > 0 then redis.call('HINCRBY', KEYS[3], 'drifts', -drifts) end
end
local waiter = ''
if receipt[1] == id then
  redis.call('HDEL', KEYS[3], 'lock')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return { version, waiter }
