-- Goes before commit.lua: writes only while nobody holds the receipt and it stands as it was read.
-- KEYS: 1 refund, 3 receipt. ARGV (after those of commit.lua): 22 fence ('' none), 23 settled won.
-- Answers {'moved', version, state} of the refund when the receipt has moved on.
local row = redis.call('HMGET', KEYS[3], 'hold', 'fence', 'settled')
if row[1] or (row[2] or '') ~= ARGV[22] or (tonumber(row[3]) or 0) ~= tonumber(ARGV[23]) then
  local refund = redis.call('HMGET', KEYS[1], 'version', 'state')
  return { 'moved', refund[1] or '0', refund[2] or '' }
end
