-- What a person writes beside a refund is kept, and with a hand-over whose case it is. The refund's version stays. A purged
-- refund takes none, so that nothing of it comes back.
-- Uses actions.lua.
-- KEYS: refund, notes, actions
-- ARGV: 1 JSON {most (notes that are kept), version (of a hand-over: the case must still have it), assigned (of a
--       hand-over: JSON, '' nobody)}, 2 note (JSON), 3 action of the person
-- Answers 'done' (by an earlier run of the same as well), 'moved', 'full' or 'missing'
local ask = cjson.decode(ARGV[1])
local stored = redis.call('HMGET', KEYS[1], 'state', 'version')
local ended = stored[1] == 'succeeded' or stored[1] == 'resolved'
if not stored[1] or (ended and redis.call('HEXISTS', KEYS[1], 'body') == 0) then return 'missing' end
if is_kept(KEYS[2], ARGV[2]) then return 'done' end
if ask.version and (stored[1] ~= 'dead_lettered' or tonumber(stored[2]) ~= ask.version) then return 'moved' end
if redis.call('LLEN', KEYS[2]) >= ask.most then return 'full' end
redis.call('RPUSH', KEYS[2], ARGV[2])
if ask.assigned == '' then redis.call('HDEL', KEYS[1], 'assigned')
elseif ask.assigned then redis.call('HSET', KEYS[1], 'assigned', ask.assigned) end
keep_action(KEYS[3], ARGV[3])
return 'done'
