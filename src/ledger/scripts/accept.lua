-- A cancellation event becomes a refund, or is recognised as one that exists.
-- KEYS: refund, history, cancel-id, refund that would own the cancel_id as its refund_id, by-state, by-receipt,
--       by-order, wake-ups, counters, receipt
-- ARGV: 1 refund_id, 2 now, 3 content, 4 body, 5 receipt_id, 6 account ('' none), 7 mac of the account under the
--       writing key ('' none), 8 all macs joined by a line feed, 9 history entry, 10 conflict entry, 11 own cancel_id
--       ('' none), 12 deadline (ms)
-- Answers {'accepted'} | {'duplicate', body ('' when it is forgotten), state} | {'conflict', which, refund_id}
local id, now, content = ARGV[1], ARGV[2], ARGV[3]

local function conflict(which, other)
  redis.call('HINCRBY', KEYS[9], 'conflicts', 1)
  return { 'conflict', which, other }
end

local stored = redis.call('HMGET', KEYS[1], 'content', 'mac', 'body', 'state')
if stored[1] then
  local same = stored[1] == content
  if same and stored[2] then
    same = false
    for mac in string.gmatch(ARGV[8] .. '\n', '([^\n]*)\n') do
      if mac == stored[2] then same = true end
    end
  end
  if same then return { 'duplicate', stored[3] or '', stored[4] } end
  if stored[3] then redis.call('RPUSH', KEYS[2], ARGV[10]) end -- a forgotten refund has no history
  return conflict('content', id)
end

local owner = redis.call('GET', KEYS[3])
if owner and owner ~= id then return conflict('cancel_id', owner) end
if ARGV[11] ~= '' and ARGV[11] ~= id and redis.call('EXISTS', KEYS[4]) == 1 then
  return conflict('cancel_id', ARGV[11])
end

redis.call('HSET', KEYS[1], 'body', ARGV[4], 'version', 1, 'state', 'queued', 'wake', now, 'deadline', ARGV[12],
  'receipt', ARGV[5], 'content', content, 'mac', ARGV[7])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'account', ARGV[6]) end
redis.call('RPUSH', KEYS[2], ARGV[9])
if ARGV[11] ~= '' then redis.call('SET', KEYS[3], id) end
redis.call('ZADD', KEYS[5], now, id)
redis.call('ZADD', KEYS[6], now, id)
redis.call('ZADD', KEYS[7], now, id)
redis.call('ZADD', KEYS[8], now, id)
return { 'accepted' }
