-- Money was taken back on a receipt: what a look-up may show at least falls to what is shown now.
-- Uses receipt-version.lua.
-- KEYS: receipt. ARGV: 1 version of the receipt compared with, 2 total shown, 3 now, ms
-- Answers 1, or 0 when the receipt has moved on.
local version = tonumber(redis.call('HGET', KEYS[1], 'version')) or 0
if version ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'highest', ARGV[2], 'version', next_receipt_version(version, ARGV[3]))
redis.call('HDEL', KEYS[1], 'below_at', 'below_version', 'below_won')
return 1
