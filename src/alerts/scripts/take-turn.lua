-- One process of many alerts people: it keeps its turn as long as it asks for it in time, and another one follows then.
-- A turn that would last longer than was asked for was taken while Redis' clock was ahead, and is taken over.
-- KEYS: owner, state. ARGV: 1 name of the caller, 2 how long, ms; 0: gives its turn back
-- Answers the kept state ('' where there is none) when the turn is the caller's, else nothing.
local owner, ms = redis.call('GET', KEYS[1]), tonumber(ARGV[2])
if ms == 0 then
  if owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return false
end
if owner == ARGV[1] then
  -- Not SET: this one works in a Redis that is full, too.
  redis.call('PEXPIRE', KEYS[1], ms)
elseif owner and redis.call('PTTL', KEYS[1]) <= ms then
  return false
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ms)
end
return redis.call('GET', KEYS[2]) or ''
