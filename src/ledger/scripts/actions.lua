-- Library: what a person did is kept with the write that it made, in the stream of actions.
-- keep_action(key, action): JSON; '' is none. Trimmed by age elsewhere (ledger/actions.ts); this bound only holds a flood.
-- is_kept(lines, line): whether a list has the line of this very act as one of its latest: the client sent the script again
-- after a lost answer, and its first run has done it. The line holds who, what and when to the millisecond.
local LATEST_LINES = 20
local function is_kept(lines, line)
  for _, one in ipairs(redis.call('LRANGE', lines, -LATEST_LINES, -1)) do if one == line then return true end end
  return false
end
local MOST_ACTIONS = 1000000
local function keep_action(key, action)
  if action ~= '' then redis.call('XADD', key, 'MAXLEN', '~', MOST_ACTIONS, '*', 'action', action) end
end
