-- One process works on a bulk: it holds it by Redis' time, and says again and again that it is there.
-- A hold that would last longer than was asked for was taken while Redis' clock was ahead, and is taken over.
-- KEYS: bulk, owner (string with an expiry). ARGV: 1 owner, 2 how long, ms
-- Answers 'held' | 'stop' (held, and a person wants it stopped) | 'taken' (by another) | 'over' (no work is left)
local now = redis.call('HMGET', KEYS[1], 'state', 'stop')
if now[1] ~= 'previewing' and now[1] ~= 'running' then return 'over' end
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] and redis.call('PTTL', KEYS[2]) <= tonumber(ARGV[2]) then return 'taken' end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return now[2] and 'stop' or 'held'
