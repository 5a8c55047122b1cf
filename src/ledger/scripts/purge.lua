-- One page of an index of refunds that have ended: those whose end lies long enough ago are purged. All refunds of a
-- receipt are purged in one step, once the last of them may be: what a look-up shows is judged by all of them, and
-- without the first ones a double refund looks like one that was there before us. Looking and deleting are one step, too,
-- so that nothing can be written in between. What stays is the identity: the event is a duplicate on any later day, and
-- its cancel_id (a key of its own) belongs to it for ever. The receipt's row stays as well: later refunds on that receipt
-- are judged by it. The version grows, so that a writer that read the record before it was purged writes nothing. Record,
-- receipt and index keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: by-state index to page through, by time of acceptance (nothing that was accepted later can have ended before), and that of
--       the other ended state
-- ARGV: 1 JSON: ended_by (ms), pass_over and limit (how many), prefixes of keys: records, receipts, by_receipt, by_order;
--       read: version by refund_id of the records that were read, and no other is purged, for what cannot be read may be
--       a newer version's (absent: nothing is purged, only answered what may be)
-- Answers JSON {purged, stayed, ended: nothing older is left, ids: that are purged or may be (absent: none)}
local ask = cjson.decode(ARGV[1])
local latest, limit, records, read = ask.ended_by, ask.limit, ask.records, ask.read

local function decoded(text)
  local readable, value = pcall(cjson.decode, text or '')
  return readable and type(value) == 'table' and value or {}
end

-- The refund, when it may be purged; what cannot be read is kept.
local function old(id)
  local record = records .. id
  -- The end is the last thing that was written, evidence included.
  local written = decoded(redis.call('LINDEX', record .. ':history', -1))
  local at = tonumber(written[1])
  if not at or at > latest then return nil end
  local stored = redis.call('HMGET', record, 'state', 'version', 'receipt', 'content', 'mac')
  if stored[1] ~= 'succeeded' and stored[1] ~= 'resolved' then return nil end
  if read and read[id] ~= stored[2] then return nil end
  local order = decoded(stored[4])[1] -- as `contentOf` writes it
  if type(order) ~= 'string' or not stored[2] or not stored[3] then return nil end
  return {
    id = id, order = order, state = stored[1], version = tonumber(stored[2]), receipt = stored[3], content = stored[4],
    mac = stored[5],
  }
end

-- All refunds of the receipt, or nil while one of them has to stay. Newest first: the one that stays is met early.
local function old_together(id)
  local refund = old(id)
  if not refund or redis.call('HEXISTS', ask.receipts .. refund.receipt, 'lock') == 1 then return nil end
  local together = { refund }
  for _, other in ipairs(redis.call('ZREVRANGE', ask.by_receipt .. refund.receipt, 0, -1)) do
    if other ~= id then
      local also = old(other)
      if not also then return nil end
      together[#together + 1] = also
    end
  end
  return together
end

local function purge(refund)
  local id, record = refund.id, records .. refund.id
  redis.call('DEL', record, record .. ':history', record .. ':notes', record .. ':approval')
  redis.call('HSET', record, 'content', refund.content, 'state', refund.state, 'version', refund.version + 1,
    'receipt', refund.receipt)
  -- Empty where the event brought no account, which is an answer as well.
  if refund.mac then redis.call('HSET', record, 'mac', refund.mac) end
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', ask.by_receipt .. refund.receipt, id)
  redis.call('ZREM', ask.by_order .. refund.order, id)
  -- All refunds of the receipt go together, and with them what was bought.
  redis.call('HDEL', ask.receipts .. refund.receipt, 'about')
end

local page = redis.call('ZRANGE', KEYS[1], ask.pass_over, ask.pass_over + limit - 1, 'WITHSCORES')
local gone, ids, stayed, ended = {}, {}, 0, #page < 2 * limit
for i = 1, #page, 2 do
  local id = page[i]
  if tonumber(page[i + 1]) > latest then
    ended = true
    break
  end
  local together = not gone[id] and old_together(id) or {}
  for _, refund in ipairs(together) do
    if read then purge(refund) end
    gone[refund.id] = true
    ids[#ids + 1] = refund.id
  end
  if not gone[id] then stayed = stayed + 1 end
end
return cjson.encode({ purged = read and #ids or 0, stayed = stayed, ended = ended, ids = #ids > 0 and ids or nil })
