-- An entry of the stream is done with: the webhook took it, or there is nothing in it to send. Of what cannot be sent
-- one process counts each entry once.
-- KEYS: events, tries, counters
-- ARGV: 1 JSON {group, entry, as = 'taken' | 'gone' | 'unreadable', now (ms), is_off: Redis took it off the pending ones itself}
-- Answers 1, or 0 when another process was first.
local done = cjson.decode(ARGV[1])
local acknowledged = redis.call('XACK', KEYS[1], done.group, done.entry)
redis.call('HDEL', KEYS[2], done.entry)
if done.as == 'taken' then
  redis.call('HINCRBY', KEYS[3], 'events_taken', 1)
  redis.call('HDEL', KEYS[3], 'events_refused_in_a_row')
  return acknowledged
end
if acknowledged == 0 and not done.is_off then return 0 end
redis.call('HINCRBY', KEYS[3], 'events_' .. done.as, 1)
redis.call('HSET', KEYS[3], 'events_' .. done.as .. '_at', done.now)
return 1
