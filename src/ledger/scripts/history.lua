-- Library: one line more in a refund's history.
-- push_history(key, line)   appended.
-- fold_history(key, line, among)  what happens again and again is kept once, at its latest time: a line that equals one of
--                           the last few (or of the last `among`) in all but the time replaces it, with how often and
--                           since when. A refund that is throttled for a day has a short history all the same.
-- A line is a JSON array: at, who, what, from, to, reason, and where it was folded: times, first at. All times in ms.
-- Of an act that took two people: 1, at, and who approved it.
local FOLDED_WITH = 4

local function push_history(key, line) redis.call('RPUSH', key, line) end

local function fold_history(key, line, among)
  local at, content = string.match(line, '^%[(%d+),(.*)%]$')
  local recent = at and redis.call('LRANGE', key, -(among or FOLDED_WITH), -1) or {}
  for i = #recent, 1, -1 do
    local first, rest = string.match(recent[i], '^%[(%d+),(.*)%]$')
    local times, since = nil, nil
    if rest == content then times, since = 1, first
    elseif rest and string.sub(rest, 1, #content + 1) == content .. ',' then
      times, since = string.match(string.sub(rest, #content + 1), '^,(%d+),(%d+)$')
    end
    if times then
      redis.call('LREM', key, -1, recent[i])
      line = '[' .. at .. ',' .. content .. ',' .. string.format('%.0f', tonumber(times) + 1) .. ',' .. since .. ']'
      break
    end
  end
  push_history(key, line)
end
