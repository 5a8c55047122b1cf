-- The list of a bulk is made: from now on it is the one that is worked on, whoever works on it. One that is not as long as
-- it was counted (a page was sent again after a lost answer) is thrown away, and made anew by the next who takes it up.
-- KEYS: bulk, owner, gathered (by this owner; absent: no case fits), cases
-- ARGV: 1 owner, 2 JSON of the list's sums, 3 how many cases it has
-- Answers 1, or 0: it was made already, another owner makes it, or it was thrown away.
if redis.call('GET', KEYS[2]) ~= ARGV[1] or redis.call('HEXISTS', KEYS[1], 'list') == 1 then return 0 end
local gathered = redis.call('LLEN', KEYS[3])
if gathered ~= tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[3])
  return 0
end
if gathered > 0 then
  redis.call('RENAME', KEYS[3], KEYS[4])
  redis.call('PERSIST', KEYS[4])
end
redis.call('HSET', KEYS[1], 'list', ARGV[2])
return 1
