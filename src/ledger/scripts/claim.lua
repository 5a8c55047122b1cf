-- Claims work that one process of many should do: one of them gets it in so many ms.
-- A claim that would last longer than was asked for was made while Redis' clock was ahead, and is taken over.
-- KEYS: claim. ARGV: 1 how long, ms
-- Answers 1 when it is the caller's, else 0.
if redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return 1 end
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left <= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
