-- A webhook hint: an unknown refund on this receipt is due for a look-up now, at most once in a while.
-- KEYS: refund, wake-ups. ARGV: 1 JSON {refund_id, now, interval (between two hints): ms}
-- Answers JSON {body ('' none), job_id (absent: none)} when its job may be woken, else nil.
local hint = cjson.decode(ARGV[1])
local now = hint.now
local refund = redis.call('HMGET', KEYS[1], 'state', 'wake', 'hinted', 'body', 'job')
if refund[1] ~= 'unknown' then return nil end
-- A hint in the future was written while the clock was ahead, and does not count.
local since = now - (tonumber(refund[3]) or 0)
if since >= 0 and since < hint.interval then return nil end
redis.call('HSET', KEYS[1], 'hinted', now)
if (tonumber(refund[2]) or 0) <= now then return nil end
redis.call('HSET', KEYS[1], 'wake', now)
redis.call('ZADD', KEYS[2], now, hint.refund_id)
return cjson.encode({ body = refund[4] or '', job_id = refund[5] or nil })
