-- Evidence that changes nothing else is added to a history; a purged refund has none any more. A producer that repeats
-- conflicting events for ever does not grow the history without end: beyond so many lines evidence is only counted.
-- Uses history.lua.
-- KEYS: refund, history. ARGV: 1 history entry
local MOST_LINES = 1000
local state = redis.call('HGET', KEYS[1], 'state')
local ended = state == 'succeeded' or state == 'resolved'
if ended and redis.call('HEXISTS', KEYS[1], 'body') == 0 then return end
if redis.call('LLEN', KEYS[2]) >= MOST_LINES then return redis.call('HINCRBY', KEYS[1], 'notes_left_out', 1) end
fold_history(KEYS[2], ARGV[1])
