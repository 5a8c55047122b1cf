-- An activation that found the record of a newer version gives back what its begin took. Nothing is changed when another
-- activation or a write came in between: the lock may be needed by then.
-- KEYS: refund, receipt, waiting
-- ARGV: 1 refund_id, 2 job noted before ('' none), 3 counts of activations before ('' none), 4 counts as begin left them,
--       5 '1' begin took the receipt lock
-- Answers job id of the next waiter, or ''.
if redis.call('HGET', KEYS[1], 'activations') ~= ARGV[4] then return '' end
local function put(field, value)
  if value == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, value) end
end
put('job', ARGV[2])
put('activations', ARGV[3])
if ARGV[5] ~= '1' or redis.call('HGET', KEYS[2], 'lock') ~= ARGV[1] then return '' end
redis.call('HDEL', KEYS[2], 'lock')
return redis.call('ZPOPMIN', KEYS[3])[1] or ''
