-- A person asks for an act that another one has to approve: kept while the case is as it was seen, one for a case at a
-- time, for a day and another one in which it is shown as over. Uses actions.lua.
-- KEYS: refund, approval, approvals, notes, actions
-- ARGV: 1 JSON {refund_id, id, version, at, until, keep (ms), most (notes)}, 2 approval (JSON), 3 sealed account ('' none),
--       4 note (JSON), 5 action of the person
-- Answers 'done', 'moved', or the approval that the case waits for (JSON)
local ask = cjson.decode(ARGV[1])
local stored = redis.call('HMGET', KEYS[1], 'state', 'version')
if stored[1] ~= 'dead_lettered' or (tonumber(stored[2]) or 0) ~= ask.version then return 'moved' end
local other = redis.call('HMGET', KEYS[2], 'version', 'until', 'approval')
if tonumber(other[1]) == ask.version and (tonumber(other[2]) or 0) > ask.at then
  -- This very one: the script was sent again after a lost answer.
  return other[3] == ARGV[2] and 'done' or other[3]
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'id', ask.id, 'version', ask.version, 'until', string.format('%.0f', ask['until']),
  'approval', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], 'account', ARGV[3]) end
redis.call('PEXPIRE', KEYS[2], ask.keep)
redis.call('ZADD', KEYS[3], ask.at, ask.refund_id)
if redis.call('LLEN', KEYS[4]) < ask.most then redis.call('RPUSH', KEYS[4], ARGV[4]) end
keep_action(KEYS[5], ARGV[5])
return 'done'
