-- Library: where dead letters are found by kind, by code and by both, and counted by what they have in common. The keys
-- are made here, for a case that ends is known from its record alone; like all keys they begin with the prefix and its
-- hash tag. Of a group only the name is kept beside its members, so that no count can drift.
-- index_case(record, prefix, id, score, case, place): the case as the record's body has it, nil when the refund is no
-- dead letter (any more).
-- place_case(record, prefix, id, place): in the orders that people read cases in. place: due (refund_by, 2 ms earlier
-- where it is critical and 1 ms where it is a warning; 0 where it is not known, which comes first), amount (won; -1 where it is not known), at (since when it is a dead letter), method ('' where
-- it is not known; absent for a record that is not read, whose fields are left alone), reason (`severity:reason`). nil takes
-- it out of them. What is there is also counted by reason: one that comes adds just what it takes away when it leaves.
local function sum_case(prefix, name, won, more)
  local function add(what, number) return redis.call('HINCRBY', prefix .. 'sums', name .. ':' .. what, string.format('%.0f', number)) end
  -- The + 0 makes 0 of the -0 that is -1 * 0: HINCRBY takes no -0.
  if won < 0 then add('uncounted', more) else add('won', more * won + 0) end
  if add('count', more) <= 0 then
    redis.call('HDEL', prefix .. 'sums', name .. ':count', name .. ':won', name .. ':uncounted')
  end
end
local ORDERS = { { 'by-due', 'due' }, { 'by-amount', 'amount' }, { 'by-age', 'at' } }
local function place_case(record, prefix, id, place)
  local reason, won = redis.call('HGET', prefix .. 'reasons', id), redis.call('ZSCORE', prefix .. 'by-amount', id)
  if reason and won then sum_case(prefix, reason, tonumber(won), -1) end
  if place then
    sum_case(prefix, place.reason, place.amount, 1)
    redis.call('HSET', prefix .. 'reasons', id, place.reason)
  else redis.call('HDEL', prefix .. 'reasons', id) end
  for _, order in ipairs(ORDERS) do
    if place then redis.call('ZADD', prefix .. order[1], string.format('%.0f', place[order[2]]), id)
    else redis.call('ZREM', prefix .. order[1], id) end
  end
  if not place or place.method == '' then redis.call('HDEL', record, 'method')
  elseif place.method then redis.call('HSET', record, 'method', place.method) end
end

local function text_of(value) return type(value) == 'string' and value or '' end

local function index_case(record, prefix, id, score, case, place)
  -- What a case is worth may change while it stays the same case.
  place_case(record, prefix, id, place)
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
