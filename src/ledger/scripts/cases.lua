-- Library: where dead letters are found by kind, by code and by both. The keys are made here, for a case that ends is
-- known from its record alone; like all keys they begin with the prefix and its hash tag.
-- index_case(record, prefix, id, score, case, code): case '' when the refund is no dead letter (any more).
local function index_case(record, prefix, id, score, case, code)
  local before = redis.call('HMGET', record, 'case', 'code')
  if (before[1] or '') == case and (before[2] or '') == code then return end
  local function each(kind, name, run)
    run(prefix .. kind .. ':')
    if name == '' then return end
    run(prefix .. ':' .. name)
    run(prefix .. kind .. ':' .. name)
  end
  if before[1] then
    each(before[1], before[2] or '', function(key) redis.call('ZREM', key, id) end)
  end
  if case == '' then return redis.call('HDEL', record, 'case', 'code') end
  each(case, code, function(key) redis.call('ZADD', key, score, id) end)
  redis.call('HSET', record, 'case', case, 'code', code)
end
