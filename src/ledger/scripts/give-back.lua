-- An activation that found the record of a newer version gives back what its begin took. Nothing is changed when another
-- activation or a write came in between: the lock may be needed by then.
-- KEYS: refund, receipt, waiting
-- ARGV: 1 JSON: refund_id, and what begin.lua answered as `took`: job noted before ('' none), counts of activations before
--       ('' none), counts_now as it left them, lock: it took the receipt's
-- Answers the job id of the next waiter ('' none).
local took = cjson.decode(ARGV[1])
if redis.call('HGET', KEYS[1], 'activations') ~= took.counts_now then return '' end
local function put(field, value)
  if value == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, value) end
end
put('job', took.job)
put('activations', took.counts)
if not took.lock or redis.call('HGET', KEYS[2], 'lock') ~= took.refund_id then return '' end
redis.call('HDEL', KEYS[2], 'lock')
return redis.call('ZPOPMIN', KEYS[3])[1] or ''
