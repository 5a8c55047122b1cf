-- Walks cases in one of their orders from a place on, and answers those that fit a filter, or what they are in sum. No
-- body is read; what a whole page can be asked at once is asked so, and fields of records only of what is left then. One
-- that a process of 0.4 has closed is met here all the same, and taken out. Uses cases.lua.
-- Record keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: order (or the group whose sum is asked for), by-state dead_lettered, then indexes that have every case asked for
-- ARGV: 1 JSON {records, cases (prefixes), down (the highest score first), most (entries to walk), limit, after ({id,
--       score as text} to go on after; absent: the start), sum (answer sums, not ids), now (ms, for sums: what stands before it is late), filter (below)}
-- filter, each absent: any. method, reason, pg_code, min, max (won), dead_by (ms), assigned (to whom, in NFC); order: what the content of the event begins
--       with, in one of these spellings; texts: {begins: the same without regard to case, whole: its id or receipt}
-- Answers JSON {found = {{id, score as text}, ...} (absent: none), sums = {[severity:reason] = {count, won, uncounted: as text}}
--       (absent: none), due (of the first by refund_by, as text; absent: not known), overdue, next = {id, score as text} (absent: the end)}
local ask = cjson.decode(ARGV[1])
local index, filter, prefix = KEYS[1], ask.filter, ask.cases

-- How many entries lie before a place in the order of Redis; it need not be there any more.
local function count_before(score, id, with)
  local low, high = 0, redis.call('ZCARD', index)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local other = redis.call('ZRANGE', index, middle, middle, 'WITHSCORES')
    local at = tonumber(other[2])
    local lies_before = at < score or (at == score and (other[1] < id or (with and other[1] == id)))
    if lies_before then low = middle + 1 else high = middle end
  end
  return low
end
local first = 0
if ask.after then
  local before = count_before(tonumber(ask.after.score), ask.after.id, not ask.down)
  first = ask.down and redis.call('ZCARD', index) - before or before
end
local entries = redis.call(ask.down and 'ZREVRANGE' or 'ZRANGE', index, first, first + ask.most - 1, 'WITHSCORES')
local ids = {}
for i = 1, #entries, 2 do ids[#ids + 1] = entries[i] end

-- For a page of ids at once: score by place, false where it is not there.
local function scores_in(key) return #ids > 0 and redis.call('ZMSCORE', key, unpack(ids)) or {} end
local function scores_of(order, wanted) return wanted and scores_in(prefix .. order) or {} end
local is_case, within = scores_in(KEYS[2]), {}
for i = 3, #KEYS do within[#within + 1] = scores_in(KEYS[i]) end
local won = scores_of('by-amount', ask.sum or filter.min or filter.max)
local at = scores_of('by-age', filter.dead_by)
local due = scores_of('by-due', ask.sum)
local by_reason = #ids > 0 and (ask.sum or filter.reason)
local reasons = by_reason and redis.call('HMGET', prefix .. 'reasons', unpack(ids)) or {}

local function begins(content, texts)
  for _, text in ipairs(texts) do
    if string.sub(content, 2, #text + 1) == text then return true end
  end
  return false
end
-- Of an earlier case of this refund it says nothing.
local function is_assigned(text, version)
  local assigned = text and cjson.decode(text)
  return assigned and assigned.to == filter.assigned and assigned.version == tonumber(version)
end
local function fits_record(id)
  if not (filter.method or filter.pg_code or filter.order or filter.texts or filter.assigned) then return true end
  local record = redis.call('HMGET', ask.records .. id, 'method', 'group', 'receipt', 'content', 'assigned', 'version')
  local content, texts = record[4] or '', filter.texts
  return (not filter.method or record[1] == filter.method)
    and (not filter.pg_code or (record[2] and cjson.decode(record[2])[4] == filter.pg_code))
    and (not filter.assigned or is_assigned(record[5], record[6]))
    and (not filter.order or begins(content, filter.order))
    and (not texts or id == texts.whole or record[3] == texts.whole or begins(string.lower(content), texts.begins))
end
local function fits(place)
  for _, scores in ipairs(within) do
    if not scores[place] then return false end
  end
  if filter.reason and string.match(reasons[place] or '', ':(.*)') ~= filter.reason then return false end
  if filter.min or filter.max then
    local amount = tonumber(won[place]) or -1
    if amount < 0 or amount < (filter.min or 0) or amount > (filter.max or math.huge) then return false end
  end
  if filter.dead_by and (tonumber(at[place]) or math.huge) > filter.dead_by then return false end
  return fits_record(ids[place])
end

local sums, found, overdue, earliest, last = {}, {}, 0, nil, nil
local function add(place)
  local name = reasons[place] or ':'
  local sum = sums[name] or { count = 0, won = 0, uncounted = 0 }
  sums[name] = sum
  local amount, by = tonumber(won[place]) or -1, tonumber(due[place]) or 0
  sum.count = sum.count + 1
  if amount < 0 then sum.uncounted = sum.uncounted + 1 else sum.won = sum.won + amount end
  if by > 0 then earliest = math.min(earliest or by, by) end
  if by > 0 and by < ask.now then overdue = overdue + 1 end
end
for place, id in ipairs(ids) do
  last = { id = id, score = entries[2 * place] }
  if not is_case[place] then place_case(ask.records .. id, prefix, id, nil)
  elseif fits(place) then
    if ask.sum then add(place) else found[#found + 1] = { id, entries[2 * place] } end
    if #found == ask.limit then break end
  end
end
if #ids < ask.most and #found < ask.limit then last = nil end
-- cjson writes 14 digits of a number.
for _, sum in pairs(sums) do
  for name, value in pairs(sum) do sum[name] = string.format('%.0f', value) end
end
return cjson.encode({
  found = #found > 0 and found or nil, sums = next(sums) and sums or nil,
  due = earliest and string.format('%.0f', earliest), overdue = overdue, next = last,
})
