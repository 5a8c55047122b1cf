-- A webhook hint: an unknown refund on this receipt is due for a look-up now, at most once in 5 s.
-- KEYS: refund, wake-ups. ARGV: 1 refund_id, 2 now, 3 ms between two hints
-- Answers {body, job id or ''} when its job may be woken, else false.
local refund = redis.call('HMGET', KEYS[1], 'state', 'wake', 'hinted', 'body', 'job')
local now = tonumber(ARGV[2])
if refund[1] ~= 'unknown' then return false end
-- A hint in the future was written while the clock was ahead, and does not count.
local since = now - (tonumber(refund[3]) or 0)
if since >= 0 and since < tonumber(ARGV[3]) then return false end
redis.call('HSET', KEYS[1], 'hinted', ARGV[2])
if (tonumber(refund[2]) or 0) <= now then return false end
redis.call('HSET', KEYS[1], 'wake', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return { refund[4] or '', refund[5] or '' }
