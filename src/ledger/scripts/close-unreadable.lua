-- A person closes a dead letter whose record cannot be read. Its body stays as it is; an account kept for it is erased.
-- Uses receipt-version.lua, cases.lua, counts.lua, actions.lua, book.lua and approvals.lua.
-- KEYS: refund, history, receipt, waiting, events, by-state dead_lettered, by-state resolved, actions
-- ARGV: 1 JSON (below), 2 history line, 3 outcome event, 4 action of the person
-- JSON: days, moment, counts (as counts.lua takes them), refund_id, version (compared with), marks (to add to the receipt), drifts (open ones to close), now (ms),
--       act (another one for each call: known again when it is sent again after a lost answer),
--       cases (prefix of case indexes), books and book (as book.lua takes them), approval (of an act that took two
--       people, as approvals.lua takes it)
-- Answers the job id of the next waiter ('' none, or closed by an earlier run of the same), or nil when the case has moved on.
local step = cjson.decode(ARGV[1])
local id, now = step.refund_id, step.now
-- The version beside a body that cannot be read may be garbage, too; then it is 0, as in storedVersion.
local function whole_version(text)
  local number = tonumber(text)
  if not number or number ~= math.floor(number) or number < 0 or number > 9e15 then return 0 end
  return number
end
local stored = redis.call('HMGET', KEYS[1], 'version', 'state', 'act')
local is_case = whole_version(stored[1]) == step.version and stored[2] == 'dead_lettered'
if not is_case or not approval_stands(step.approval, now) then return stored[3] == step.act and '' or nil end
redis.call('HSET', KEYS[1], 'state', 'resolved', 'version', string.format('%.0f', step.version + 1), 'act', step.act)
redis.call('HDEL', KEYS[1], 'account', 'mac')
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 100000, '*', 'event', ARGV[3])
local score = redis.call('ZSCORE', KEYS[6], id) or now
redis.call('ZREM', KEYS[6], id)
redis.call('ZADD', KEYS[7], score, id)
index_case(KEYS[1], step.cases, id, score, nil)
count(step.days, step.moment, step.counts)
keep_action(KEYS[8], ARGV[4])
keep_entry(step.books, step.moment.day, step.book)
end_approval(step.approval, id)

local receipt = redis.call('HMGET', KEYS[3], 'lock', 'version', 'marks', 'drifts')
local marks, drifts = step.marks, math.min(step.drifts, tonumber(receipt[4]) or 0)
if marks > 0 or drifts > 0 then
  redis.call('HSET', KEYS[3], 'version', next_receipt_version(receipt[2], now))
  if marks > 0 then redis.call('HINCRBY', KEYS[3], 'marks', marks) end
  if drifts > 0 then redis.call('HINCRBY', KEYS[3], 'drifts', -drifts) end
end
if receipt[1] ~= id then return '' end
redis.call('HDEL', KEYS[3], 'lock')
return redis.call('ZPOPMIN', KEYS[4])[1] or ''
