-- Library: what happened is counted by day and hour in Seoul, in the step in which it happens.
-- count(prefix, moment, counts): moment = {day such as '2026-11-29', hour '00' to '23'}, counts by kind; the key of a day
-- is made here, like all keys with the prefix and its hash tag.
local KEPT_S = 400 * 86400
local function count(prefix, moment, counts)
  local key = prefix .. moment.day
  for kind, more in pairs(counts) do
    -- The first of an hour.
    if redis.call('HINCRBY', key, kind .. ':' .. moment.hour, string.format('%.0f', more)) == more then
      redis.call('EXPIRE', key, KEPT_S)
    end
  end
end
