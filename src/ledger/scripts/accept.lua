-- Cancellation events become refunds, or are recognised as ones that exist. One after the other: an event may be the
-- repetition of one before it in the same call.
-- KEYS: by-state, wake-ups, counters; then of each event: refund, history, cancel-id, refund that would own the cancel_id
--       as its refund_id, by-receipt, by-order
-- ARGV: of each event: 1 refund_id, 2 accepted at (ms), 3 deadline (ms), 4 content, 5 body, 6 receipt_id,
--       7 account ('' none), 8 macs of the account joined by a line feed, the writing key's first ('' none),
--       9 history entry, 10 own cancel_id ('' none)
-- Answers, for each event, {'accepted'} | {'duplicate', body ('' when it is purged), state, its job or ''} |
--         {'conflict', 'content' | 'cancel_id', refund_id}
local KEYS_BEFORE, KEYS_EACH, ARGS_EACH = 3, 6, 10

local function conflict(which, other)
  redis.call('HINCRBY', KEYS[3], 'conflicts', 1)
  return { 'conflict', which, other }
end

local function knows(mac, macs)
  for one in string.gmatch(macs .. '\n', '([^\n]*)\n') do
    if one == mac then return true end
  end
  return false
end

local function accept(refund, history, cancel_id, owned, by_receipt, by_order,
                      id, now, deadline, content, body, receipt_id, account, macs, entry, own_cancel_id)
  local stored = redis.call('HMGET', refund, 'content', 'mac', 'body', 'state', 'job')
  if stored[1] then
    -- An account that was erased is not compared.
    local same = stored[1] == content and (not stored[2] or knows(stored[2], macs))
    if same then return { 'duplicate', stored[3] or '', stored[4], stored[5] or '' } end
    return conflict('content', id)
  end
  local owner = redis.call('GET', cancel_id)
  if owner and owner ~= id then return conflict('cancel_id', owner) end
  if own_cancel_id ~= '' and own_cancel_id ~= id and redis.call('EXISTS', owned) == 1 then
    return conflict('cancel_id', own_cancel_id)
  end

  redis.call('HSET', refund, 'body', body, 'version', 1, 'state', 'queued', 'wake', now, 'written', now, 'deadline', deadline,
    'receipt', receipt_id, 'content', content, 'mac', string.match(macs, '^[^\n]*'))
  if account ~= '' then redis.call('HSET', refund, 'account', account) end
  redis.call('RPUSH', history, entry)
  if own_cancel_id ~= '' then redis.call('SET', cancel_id, id) end
  redis.call('ZADD', KEYS[1], now, id)
  redis.call('ZADD', by_receipt, now, id)
  redis.call('ZADD', by_order, now, id)
  redis.call('ZADD', KEYS[2], now, id)
  return { 'accepted' }
end

local answers = {}
for event = 0, #ARGV / ARGS_EACH - 1 do
  local key, arg = KEYS_BEFORE + event * KEYS_EACH, event * ARGS_EACH
  local k1, k2, k3, k4, k5, k6 = unpack(KEYS, key + 1, key + KEYS_EACH)
  answers[#answers + 1] = accept(k1, k2, k3, k4, k5, k6, unpack(ARGV, arg + 1, arg + ARGS_EACH))
end
return answers
