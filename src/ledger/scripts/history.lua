-- Library: one line more in a refund's history.
-- push_history(key, line)   appended.
-- fold_history(key, line)   what happens again and again is kept once, at its latest time: a line that says the same as one
--                           of the last few (all but the time) takes its place, with how often and since when. A refund
--                           that waits for a day in front of a throttle has a short history all the same.
-- A line is a JSON array: at, who, what, from, to, reason, and where it was folded: times, first at. All times in ms.
local FOLDED_WITH = 4

local function push_history(key, line) redis.call('RPUSH', key, line) end

local function fold_history(key, line)
  local at, said = string.match(line, '^%[(%d+),(.*)%]$')
  local recent = at and redis.call('LRANGE', key, -FOLDED_WITH, -1) or {}
  for i = #recent, 1, -1 do
    local first, rest = string.match(recent[i], '^%[(%d+),(.*)%]$')
    local times, since = nil, nil
    if rest == said then times, since = 1, first
    elseif rest and string.sub(rest, 1, #said + 1) == said .. ',' then
      times, since = string.match(string.sub(rest, #said + 1), '^,(%d+),(%d+)$')
    end
    if times then
      redis.call('LREM', key, -1, recent[i])
      line = '[' .. at .. ',' .. said .. ',' .. string.format('%.0f', tonumber(times) + 1) .. ',' .. since .. ']'
      break
    end
  end
  push_history(key, line)
end
