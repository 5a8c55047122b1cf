-- Evidence that changes nothing else is added to a history; a purged refund has none any more. The same evidence is one
-- line however often it comes, and counted there: a producer may repeat its conflicting events for ever. Beyond so many
-- lines other evidence is only counted.
-- Uses history.lua.
-- KEYS: refund, history. ARGV: 1 history entry
local MOST_LINES = 1000
local state = redis.call('HGET', KEYS[1], 'state')
local ended = state == 'succeeded' or state == 'resolved'
if ended and redis.call('HEXISTS', KEYS[1], 'body') == 0 then return end
local before = redis.call('LLEN', KEYS[2])
fold_history(KEYS[2], ARGV[1], MOST_LINES)
if before >= MOST_LINES and redis.call('LLEN', KEYS[2]) > before then
  redis.call('RPOP', KEYS[2])
  redis.call('HINCRBY', KEYS[1], 'notes_left_out', 1)
end
