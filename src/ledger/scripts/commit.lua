-- One atomic step of a refund: compare-and-set on version and fence, then everything that changes with it.
-- Uses gate.lua and cases.lua. With a permit asked for ('cancel'), nothing is written unless the call may be made now.
-- KEYS: refund, history, receipt, waiting, by-state from, by-state to, wake-ups, events, gate, lane
-- ARGV: 1 refund_id, 2 version compared with, 3 fence ('' for a person: the version is enough), 4 state, 5 body,
--       6 next wake-up ('' none), 7 'keep' | 'release' the hold, 8 settled won, 9 seen total ('' none),
--       10 seen tax-free, 11 history entry, 12 outcome event ('' none), 13 account ('' as it is, 'erase', or the new
--       ciphertext), 14 deadline (ms), 15 permit ('' none, 'cancel'), 16 interval in us,
--       17 accepted-at score, 18 own job id ('' none), 19 receipt_id, 20 version after, 21 prefix of case indexes,
--       22 the case as JSON ('' no dead letter)
-- Answers {'done', job id of the next waiter or '', when the permit was given (us) or ''} | {'moved', version, state} |
--         {'wait', us} | {'lane', who}
local id, version, state, score = ARGV[1], tonumber(ARGV[2]), ARGV[4], ARGV[17]
local stored = redis.call('HMGET', KEYS[1], 'version', 'state')
local receipt = redis.call('HMGET', KEYS[3], 'hold', 'fence', 'settled', 'highest', 'highest_tax_free')
local fenced = ARGV[3] == '' or (receipt[1] == id and receipt[2] == ARGV[3])
if tonumber(stored[1]) ~= version or not fenced then return { 'moved', stored[1] or '0', stored[2] or '' } end

local permitted = ''
if ARGV[15] ~= '' then
  local lane = redis.call('HMGET', KEYS[10], 'credentials', 'person')
  if lane[1] then return { 'lane', 'credentials' } end
  if lane[2] then return { 'lane', 'person' } end
  local answer, us = gate_pass(KEYS[9], ARGV[15], tonumber(ARGV[16]), gate_now())
  permitted = string.format('%.0f', us)
  if answer ~= 'go' then return { 'wait', permitted } end
end

-- Calls cost more than what they do: fields of one hash are set, and taken away, in one.
local kept, gone = { 'version', ARGV[20], 'state', state, 'body', ARGV[5] }, {}
local function keep(field, value)
  kept[#kept + 1] = field
  kept[#kept + 1] = value
end
local function drop(...) for _, field in ipairs({ ... }) do gone[#gone + 1] = field end end
if state ~= 'sending' then drop('activations') end
if ARGV[13] == 'erase' then drop('account', 'mac')
elseif ARGV[13] ~= '' then keep('account', ARGV[13]) end -- the mac stays: it knows the event, which may come again
if ARGV[6] == '' then
  drop('wake', 'written', 'job', 'deadline')
  redis.call('ZREM', KEYS[7], id)
else
  keep('wake', ARGV[6])
  -- What the writer's clock said, as the history has it: whether it was ahead shows once it is right again.
  keep('written', string.match(ARGV[11], '^%[(%d+)') or ARGV[6])
  keep('deadline', ARGV[14])
  redis.call('ZADD', KEYS[7], ARGV[6], id)
end
redis.call('HSET', KEYS[1], unpack(kept))
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end

if stored[2] ~= state then
  redis.call('ZREM', KEYS[5], id)
  redis.call('ZADD', KEYS[6], score, id)
end
if state == 'dead_lettered' or stored[2] == 'dead_lettered' then
  index_case(KEYS[1], ARGV[21], id, score, ARGV[22] ~= '' and cjson.decode(ARGV[22]) or nil)
end

local totals = {}
local function raise(field, before, value)
  if tonumber(value) <= (tonumber(before) or 0) then return end
  totals[#totals + 1] = field
  totals[#totals + 1] = value
end
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[9], 'answered', ARGV[19])
  raise('highest', receipt[4], ARGV[9])
  raise('highest_tax_free', receipt[5], ARGV[10])
end
if tonumber(ARGV[8]) ~= 0 then
  totals[#totals + 1] = 'settled'
  totals[#totals + 1] = string.format('%.0f', (tonumber(receipt[3]) or 0) + tonumber(ARGV[8]))
end
if #totals > 0 then redis.call('HSET', KEYS[3], unpack(totals)) end
redis.call('RPUSH', KEYS[2], ARGV[11])
if ARGV[12] ~= '' then redis.call('XADD', KEYS[8], 'MAXLEN', '~', 100000, '*', 'event', ARGV[12]) end

if ARGV[18] ~= '' then redis.call('ZREM', KEYS[4], ARGV[18]) end
local waiter = ''
if ARGV[7] == 'release' and receipt[1] == id then
  redis.call('HDEL', KEYS[3], 'hold')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return { 'done', waiter, permitted }
