-- An entry of the stream is done with: the webhook took it, or there is nothing in it to send. Of what cannot be sent
-- one process counts each entry once.
-- KEYS: events, tries, counters
-- ARGV: 1 group, 2 entry, 3 'taken' | 'gone' | 'unreadable', 4 now (ms), 5 '1' when Redis took it off the pending ones itself
-- Answers 1, or 0 when another process was first.
local acknowledged = redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
if ARGV[3] == 'taken' then
  redis.call('HINCRBY', KEYS[3], 'events_taken', 1)
  redis.call('HDEL', KEYS[3], 'events_refused_in_a_row')
  return acknowledged
end
if acknowledged == 0 and ARGV[5] ~= '1' then return 0 end
redis.call('HINCRBY', KEYS[3], 'events_' .. ARGV[3], 1)
redis.call('HSET', KEYS[3], 'events_' .. ARGV[3] .. '_at', ARGV[4])
return 1
