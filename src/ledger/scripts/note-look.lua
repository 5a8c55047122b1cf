-- What a look-up of a person showed of a receipt, kept for the pages for a while. Its total becomes the receipt's highest
-- where it is above it, and the receipt's version grows then, as with every change of its numbers.
-- Uses receipt-version.lua.
-- KEYS: receipt, look. ARGV: 1 total shown, 2 now, ms, 3 what was shown (JSON), 4 how long it is kept, ms,
--   5 what it showed for people ('' nothing)
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'about', ARGV[5]) end
local row = redis.call('HMGET', KEYS[1], 'highest', 'version')
if tonumber(ARGV[1]) <= (tonumber(row[1]) or 0) then return 0 end
redis.call('HSET', KEYS[1], 'highest', ARGV[1], 'version', next_receipt_version(row[2], ARGV[2]))
return 1
