-- The work on a bulk ends: nothing is left to be done, or a person stopped it.
-- KEYS: bulk, running, open, then the other keys of this bulk. ARGV: 1 id, 2 state, 3 at, ms, 4 kept for so long, s
-- Answers 1, or 0: it had ended already.
local state = redis.call('HGET', KEYS[1], 'state')
redis.call('SREM', KEYS[3], ARGV[1])
if state ~= 'previewing' and state ~= 'running' then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'ended', ARGV[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
for place, key in ipairs(KEYS) do if place == 1 or place > 3 then redis.call('EXPIRE', key, ARGV[4]) end end
return 1
