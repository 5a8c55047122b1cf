-- Makes a bulk, or starts one that was previewed. One runs at a time. What is asked for again, word for word, is done
-- already: the client sent it again after a lost answer.
-- KEYS: bulk, running (the id of the one that runs), open (set of those with work left), all (by time), then the other
--       keys of this bulk, which are kept as long as it is
-- ARGV: 1 JSON {id, state, from (the state that it must have; absent: it is new), bulks (prefix of bulks), at, kept (how
--       long one is after its end, ms), fields (list of name and value in turn)}
-- Answers JSON: {kind = 'begun'} | {kind = 'busy', id} | {kind = 'moved', state (absent: there is none)}
local MOST_FORGOTTEN = 1000
local ask = cjson.decode(ARGV[1])
local found = redis.call('HGET', KEYS[1], 'state')
local function is_done()
  for place = 1, #ask.fields, 2 do
    if redis.call('HGET', KEYS[1], ask.fields[place]) ~= ask.fields[place + 1] then return false end
  end
  return true
end
if (found or nil) ~= ask.from then
  if found and is_done() then return cjson.encode({ kind = 'begun' }) end
  return cjson.encode({ kind = 'moved', state = found or nil })
end
if ask.state == 'running' then
  local other = redis.call('GET', KEYS[2])
  if other and redis.call('HGET', ask.bulks .. other, 'state') == 'running' then
    return cjson.encode({ kind = 'busy', id = other })
  end
  redis.call('SET', KEYS[2], ask.id)
end
redis.call('HSET', KEYS[1], 'state', ask.state, unpack(ask.fields))
for place, key in ipairs(KEYS) do if place == 1 or place > 4 then redis.call('PERSIST', key) end end
redis.call('SADD', KEYS[3], ask.id)
redis.call('ZADD', KEYS[4], 'NX', ask.at, ask.id)
-- Those that have expired by themselves leave the index of all.
local old = string.format('%.0f', ask.at - ask.kept)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', old, 'LIMIT', 0, MOST_FORGOTTEN)) do
  if redis.call('EXISTS', ask.bulks .. id) == 0 then redis.call('ZREM', KEYS[4], id) end
end
return cjson.encode({ kind = 'begun' })
