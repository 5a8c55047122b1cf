-- One atomic step of a refund: compare-and-set on version and fence, then everything that changes with it.
-- Uses gate.lua and cases.lua. With a permit asked for ('cancel'), nothing is written unless the call may be made now.
-- KEYS: refund, history, receipt, waiting, by-state from, by-state to, wake-ups, events, gate, lane
-- ARGV: 1 refund_id, 2 version compared with, 3 fence ('' for a person: the version is enough), 4 state, 5 body,
--       6 next wake-up ('' none), 7 'keep' | 'release' the hold, 8 settled won, 9 seen total ('' none),
--       10 history entry, 11 outcome event ('' none), 12 account ('' as it is, 'erase', or the new
--       ciphertext), 13 deadline (ms), 14 permit ('' none, 'cancel'), 15 interval in us,
--       16 accepted-at score, 17 own job id ('' none), 18 receipt_id, 19 version after, 20 prefix of case indexes,
--       21 the case as JSON ('' no dead letter)
-- Answers {'done', job id of the next waiter or '', when the permit was given (us) or ''} | {'moved', version, state} |
--         {'wait', us} | {'lane', who}
local id, version, state, score = ARGV[1], tonumber(ARGV[2]), ARGV[4], ARGV[16]
local stored = redis.call('HMGET', KEYS[1], 'version', 'state')
local receipt = redis.call('HMGET', KEYS[3], 'hold', 'fence', 'settled', 'highest')
local fenced = ARGV[3] == '' or (receipt[1] == id and receipt[2] == ARGV[3])
if tonumber(stored[1]) ~= version or not fenced then return { 'moved', stored[1] or '0', stored[2] or '' } end

local permitted = ''
if ARGV[14] ~= '' then
  local lane = redis.call('HMGET', KEYS[10], 'credentials', 'person')
  if lane[1] then return { 'lane', 'credentials' } end
  if lane[2] then return { 'lane', 'person' } end
  local answer, us = gate_pass(KEYS[9], ARGV[14], tonumber(ARGV[15]), gate_now())
  permitted = string.format('%.0f', us)
  if answer ~= 'go' then return { 'wait', permitted } end
end

-- Calls cost more than what they do: fields of one hash are set, and taken away, in one.
local kept, gone = { 'version', ARGV[19], 'state', state, 'body', ARGV[5] }, {}
local function keep(field, value)
  kept[#kept + 1] = field
  kept[#kept + 1] = value
end
local function drop(...) for _, field in ipairs({ ... }) do gone[#gone + 1] = field end end
if state ~= 'sending' then drop('activations') end
if ARGV[12] == 'erase' then drop('account', 'mac')
elseif ARGV[12] ~= '' then keep('account', ARGV[12]) end -- the mac stays: it knows the event, which may come again
if ARGV[6] == '' then
  drop('wake', 'job', 'deadline')
  redis.call('ZREM', KEYS[7], id)
else
  keep('wake', ARGV[6])
  keep('deadline', ARGV[13])
  redis.call('ZADD', KEYS[7], ARGV[6], id)
end
redis.call('HSET', KEYS[1], unpack(kept))
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end

if stored[2] ~= state then
  redis.call('ZREM', KEYS[5], id)
  redis.call('ZADD', KEYS[6], score, id)
end
if state == 'dead_lettered' or stored[2] == 'dead_lettered' then
  index_case(KEYS[1], ARGV[20], id, score, ARGV[21] ~= '' and cjson.decode(ARGV[21]) or nil)
end

local totals = {}
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[9], 'answered', ARGV[18])
  if tonumber(ARGV[9]) > (tonumber(receipt[4]) or 0) then totals = { 'highest', ARGV[9] } end
end
if tonumber(ARGV[8]) ~= 0 then
  totals[#totals + 1] = 'settled'
  totals[#totals + 1] = string.format('%.0f', (tonumber(receipt[3]) or 0) + tonumber(ARGV[8]))
end
if #totals > 0 then redis.call('HSET', KEYS[3], unpack(totals)) end
redis.call('RPUSH', KEYS[2], ARGV[10])
if ARGV[11] ~= '' then redis.call('XADD', KEYS[8], 'MAXLEN', '~', 100000, '*', 'event', ARGV[11]) end

if ARGV[17] ~= '' then redis.call('ZREM', KEYS[4], ARGV[17]) end
local waiter = ''
if ARGV[7] == 'release' and receipt[1] == id then
  redis.call('HDEL', KEYS[3], 'hold')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return { 'done', waiter, permitted }
