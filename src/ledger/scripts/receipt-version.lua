-- Library: the version that a change of a receipt gives it, as text. It is no version that was given before, not even by a
-- server that lost its last writes: it is higher than the one before, and at least the writer's time (now, ms).
local function next_receipt_version(before, now)
  return string.format('%.0f', math.max((tonumber(before) or 0) + 1, tonumber(now)))
end
