-- One page of an index of refunds that have ended: those whose end lies long enough ago are forgotten, each at once.
-- Looking and deleting are one step, so that nothing can be written in between. What stays is the identity: the event
-- is a duplicate on any later day, and its cancel_id (a key of its own) belongs to it for ever. The receipt's row stays
-- too: later refunds on that receipt are judged by it. The version grows, so that whoever read the record before it was
-- forgotten writes nothing. Record and index keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: by-state index, by time of acceptance: nothing that was accepted later can have ended before
-- ARGV: 1 state, 2 ended at or before (ms), 3 how many to pass over, 4 how many to look at, 5 prefix of record keys,
--       6 prefix of indexes by receipt, 7 prefix of indexes by order
-- Answers {forgotten, stayed, 1 when nothing older is left, else 0}
local state, latest, limit, records = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4]), ARGV[5]

local function decoded(text)
  local readable, value = pcall(cjson.decode, text or '')
  return readable and type(value) == 'table' and value or {}
end

local function forget(id)
  local record = records .. id
  local history = record .. ':history'
  -- The end is the last thing that was written, evidence included. A history that cannot be read is kept.
  local at = tonumber(decoded(redis.call('LINDEX', history, -1)).at)
  if not at or at > latest then return false end
  local stored = redis.call('HMGET', record, 'state', 'version', 'receipt', 'content', 'mac')
  if stored[1] ~= state then return false end
  local order = decoded(stored[4])[1] -- as `contentOf` writes it
  if type(order) ~= 'string' or not stored[2] or not stored[3] then return false end
  redis.call('DEL', record, history)
  redis.call('HSET', record, 'content', stored[4], 'state', state, 'version', tonumber(stored[2]) + 1, 'receipt', stored[3])
  -- Empty where the event brought no account, which is an answer as well.
  if stored[5] then redis.call('HSET', record, 'mac', stored[5]) end
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZREM', ARGV[6] .. stored[3], id)
  redis.call('ZREM', ARGV[7] .. order, id)
  return true
end

local page = redis.call('ZRANGE', KEYS[1], ARGV[3], tonumber(ARGV[3]) + limit - 1, 'WITHSCORES')
local forgotten, stayed, ended = 0, 0, #page < 2 * limit
for i = 1, #page, 2 do
  if tonumber(page[i + 1]) > latest then
    ended = true
    break
  end
  if forget(page[i]) then forgotten = forgotten + 1 else stayed = stayed + 1 end
end
return { forgotten, stayed, ended and 1 or 0 }
