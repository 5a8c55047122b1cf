-- Library: the accounting book gets an entry in the step by which a refund ends, or by which its end is taken back.
-- keep_entry(prefix, day, fields): `fields` is a list of names and texts, as ledger/book.ts reads them; absent: no entry.
-- The key of a day is made here, like all keys with the prefix and its hash tag.
local BOOK_KEPT_S = 1900 * 86400
local function keep_entry(prefix, day, fields)
  if not fields then return end
  local key = prefix .. day
  redis.call('XADD', key, '*', unpack(fields))
  if redis.call('XLEN', key) == 1 then redis.call('EXPIRE', key, BOOK_KEPT_S) end
end
