-- Evidence that changes nothing else is added to a history; a forgotten refund has none any more.
-- KEYS: refund, history. ARGV: 1 history entry
local state = redis.call('HGET', KEYS[1], 'state')
local ended = state == 'succeeded' or state == 'resolved'
if ended and redis.call('HEXISTS', KEYS[1], 'body') == 0 then return end
redis.call('RPUSH', KEYS[2], ARGV[1])
