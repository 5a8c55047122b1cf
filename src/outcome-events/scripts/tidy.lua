-- What is left over: consumers of processes that are gone, tries of entries that are pending no more, and, where Redis
-- counts them (7.0), entries that the stream lost before the group had read them.
-- A consumer with pending entries is never removed; a living one that is removed is there again with its next read.
-- KEYS: events, tries, counters
-- ARGV: 1 JSON {group, consumer (the caller's own), idle (for how long, ms), now (ms)}
-- Answers JSON {removed: names of consumers (absent: none), lost: number of entries that were lost unread}
local ask = cjson.decode(ARGV[1])
local key, group = KEYS[1], ask.group
local function named(flat)
  local fields = {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end

local function is_after(one, other)
  local ms, number = one:match('(%d+)-(%d+)')
  local otherMs, otherNumber = other:match('(%d+)-(%d+)')
  if ms ~= otherMs then return tonumber(ms) > tonumber(otherMs) end
  return tonumber(number) > tonumber(otherNumber)
end

local function lost_unread()
  local stream, position = named(redis.call('XINFO', 'STREAM', key)), nil
  for _, one in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    if named(one).name == group then position = named(one) end
  end
  local added, read = stream['entries-added'], position and position['entries-read']
  if not added or not read then return 0 end
  local first = stream['recorded-first-entry-id']
  local isEmpty = stream.length == 0
  if not isEmpty and not is_after(first, position['last-delivered-id']) then return 0 end
  -- Single entries deleted behind the first one: Redis cannot tell how many were unread.
  if not isEmpty and is_after(stream['max-deleted-entry-id'], first) then return 0 end
  local removed = added - stream.length
  if removed <= read then return 0 end
  redis.call('XGROUP', 'SETID', key, group, position['last-delivered-id'], 'ENTRIESREAD', removed)
  redis.call('HINCRBY', KEYS[3], 'events_gone', removed - read)
  redis.call('HSET', KEYS[3], 'events_gone_at', ask.now)
  return removed - read
end

local removed = {}
for _, one in ipairs(redis.call('XINFO', 'CONSUMERS', key, group)) do
  local consumer = named(one)
  if consumer.name ~= ask.consumer and consumer.pending == 0 and consumer.idle >= ask.idle then
    redis.call('XGROUP', 'DELCONSUMER', key, group, consumer.name)
    removed[#removed + 1] = consumer.name
  end
end
for _, entry in ipairs(redis.call('HRANDFIELD', KEYS[2], 100)) do
  if #redis.call('XPENDING', key, group, entry, entry, 1) == 0 then redis.call('HDEL', KEYS[2], entry) end
end
return cjson.encode({ removed = #removed > 0 and removed or nil, lost = lost_unread() })
