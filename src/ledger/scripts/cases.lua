-- Library: where dead letters are found by kind, by code and by both, and counted by what they have in common. The keys
-- are made here, for a case that ends is known from its record alone; like all keys they begin with the prefix and its
-- hash tag. Of a group only the name is kept beside its members, so that no count can drift.
-- index_case(record, prefix, id, score, case): the case as the record's body has it, nil when the refund is no dead
-- letter (any more).
local function text_of(value) return type(value) == 'string' and value or '' end

local function index_case(record, prefix, id, score, case)
  local before = redis.call('HMGET', record, 'case', 'code', 'group')
  local kind, code, group = '', '', ''
  if case then
    kind, code = case.case, text_of(case.code)
    group = cjson.encode({ kind, code, text_of(case.severity), text_of(case.pgCode) })
  end
  if (before[3] or '') == group and (before[1] or '') == kind then return end
  local function each(name, of, run)
    run(prefix .. name .. ':')
    if of == '' then return end
    run(prefix .. ':' .. of)
    run(prefix .. name .. ':' .. of)
  end
  if before[1] then
    each(before[1], before[2] or '', function(key) redis.call('ZREM', key, id) end)
  end
  if before[3] then
    redis.call('ZREM', prefix .. 'group:' .. before[3], id)
    if redis.call('EXISTS', prefix .. 'group:' .. before[3]) == 0 then redis.call('SREM', prefix .. 'groups', before[3]) end
  end
  if not case then return redis.call('HDEL', record, 'case', 'code', 'group') end
  each(kind, code, function(key) redis.call('ZADD', key, score, id) end)
  redis.call('SADD', prefix .. 'groups', group)
  redis.call('ZADD', prefix .. 'group:' .. group, tonumber(case.at) or score, id)
  redis.call('HSET', record, 'case', kind, 'code', code, 'group', group)
end
