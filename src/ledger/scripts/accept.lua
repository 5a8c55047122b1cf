-- Cancellation events become refunds, or are recognised as ones that exist. One after the other: an event may be the
-- repetition of one before it in the same call.
-- Uses counts.lua.
-- KEYS: by-state, wake-ups, counters; then of each event: refund, history, cancel-id, refund that would own the cancel_id
--       as its refund_id, by-receipt, by-order
-- ARGV: 1 JSON {days (prefix of the counters of a day), events (below)}; then of each event: content, body, history line, account ('' none)
-- events, of each: refund_id, receipt_id, now (of acceptance) and deadline (ms, as text: they are only stored),
--       moment (of acceptance, as counts.lua takes it), own_cancel_id (absent: none), macs of the account, the writing key's first ([''] none)
-- Answers JSON, for each event: {kind = 'accepted'} | {kind = 'duplicate', body ('' when it is purged), state,
--         job_id (absent: none)} | {kind = 'conflict', with = 'content' | 'cancel_id', owner}
local KEYS_BEFORE, KEYS_EACH, TEXTS_EACH = 3, 6, 4

local function conflict(which, other)
  redis.call('HINCRBY', KEYS[3], 'conflicts', 1)
  return { kind = 'conflict', with = which, owner = other }
end

-- An account whose mac was made with a key that is not here cannot be compared, and is not called another one.
local function knows(mac, macs)
  local comparable = mac == ''
  for _, one in ipairs(macs) do
    if one == mac then return true end
    comparable = comparable or one == '' or string.match(one, '^[^:]*') == string.match(mac, '^[^:]*')
  end
  return not comparable
end

local function accept(event, refund, history, cancel_id, owned, by_receipt, by_order, content, body, entry, account)
  local id, now, own_cancel_id = event.refund_id, event.now, event.own_cancel_id
  local stored = redis.call('HMGET', refund, 'content', 'mac', 'body', 'state', 'job')
  if stored[1] then
    -- An account that was erased is not compared.
    local same = stored[1] == content and (not stored[2] or knows(stored[2], event.macs))
    if same then
      return { kind = 'duplicate', body = stored[3] or '', state = stored[4], job_id = stored[5] or nil }
    end
    return conflict('content', id)
  end
  local owner = redis.call('GET', cancel_id)
  if owner and owner ~= id then return conflict('cancel_id', owner) end
  if own_cancel_id and own_cancel_id ~= id and redis.call('EXISTS', owned) == 1 then
    return conflict('cancel_id', own_cancel_id)
  end

  redis.call('HSET', refund, 'body', body, 'version', 1, 'state', 'queued', 'wake', now, 'written', now,
    'deadline', event.deadline, 'receipt', event.receipt_id, 'content', content, 'mac', event.macs[1])
  if account ~= '' then redis.call('HSET', refund, 'account', account) end
  redis.call('RPUSH', history, entry)
  if own_cancel_id then redis.call('SET', cancel_id, id) end
  redis.call('ZADD', KEYS[1], now, id)
  redis.call('ZADD', by_receipt, now, id)
  redis.call('ZADD', by_order, now, id)
  redis.call('ZADD', KEYS[2], now, id)
  return { kind = 'accepted' }
end

local batch, answers = cjson.decode(ARGV[1]), {}
-- Most events of a batch are accepted in one hour, and counted at once.
local moment, accepted = nil, 0
local function count_accepted()
  if accepted > 0 then count(batch.days, moment, { accepted = accepted }) end
  accepted = 0
end
for place, event in ipairs(batch.events) do
  local key, text = KEYS_BEFORE + (place - 1) * KEYS_EACH, 1 + (place - 1) * TEXTS_EACH
  local k1, k2, k3, k4, k5, k6 = unpack(KEYS, key + 1, key + KEYS_EACH)
  answers[place] = accept(event, k1, k2, k3, k4, k5, k6, unpack(ARGV, text + 1, text + TEXTS_EACH))
  if answers[place].kind == 'accepted' then
    if moment and (moment.hour ~= event.moment.hour or moment.day ~= event.moment.day) then count_accepted() end
    moment, accepted = event.moment, accepted + 1
  end
end
count_accepted()
return cjson.encode(answers)
