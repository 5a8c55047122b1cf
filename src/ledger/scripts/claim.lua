-- Claims work that one process of many should do: one of them gets it in so many ms, and keeps it by claiming again.
-- A claim that would last longer than was asked for was made while Redis' clock was ahead, and is taken over.
-- KEYS: claim. ARGV: 1 how long, ms, 2 owner ('' nobody keeps it)
-- Answers 1 when it is the caller's, else 0.
local owner = ARGV[2] ~= '' and ARGV[2] or '1'
if redis.call('SET', KEYS[1], owner, 'PX', ARGV[1], 'NX') then return 1 end
local is_own = ARGV[2] ~= '' and redis.call('GET', KEYS[1]) == owner
local left = redis.call('PTTL', KEYS[1])
if not is_own and left >= 0 and left <= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], owner, 'PX', ARGV[1])
return 1
