-- Library: what one person asked for is written once, and only while the approval stands.
-- ask = {key (of the approval), index, id}; nil: the write needs none
local function approval_stands(ask, now)
  if not ask then return true end
  local kept = redis.call('HMGET', ask.key, 'id', 'until')
  return kept[1] == ask.id and (tonumber(kept[2]) or 0) > now
end
local function end_approval(ask, refund_id)
  if not ask then return end
  redis.call('DEL', ask.key)
  redis.call('ZREM', ask.index, refund_id)
end
