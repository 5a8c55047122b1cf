-- Cases get their places in the orders of cases, or lose them where they are none any more. Uses cases.lua.
-- Record keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: by-state dead_lettered
-- ARGV: 1 JSON {records, cases (prefixes), found: of each {id, version (compared with, the text as it is stored, '' none),
--       place (as cases.lua takes it; absent: it was no case when it was read)}}
-- Answers how many were placed or taken out; the others have moved on, and were placed by the step that moved them.
local ask = cjson.decode(ARGV[1])
local put = 0
for _, one in ipairs(ask.found) do
  local record = ask.records .. one.id
  local stored = redis.call('HMGET', record, 'version', 'state')
  local is_case = stored[2] == 'dead_lettered' and redis.call('ZSCORE', KEYS[1], one.id)
  if not is_case then place_case(record, ask.cases, one.id, nil)
  elseif one.place and (stored[1] or '') == one.version then place_case(record, ask.cases, one.id, one.place)
  else put = put - 1 end
  put = put + 1
end
return put
