-- One atomic step of a refund: compare-and-set on its version, then everything that changes with it. What a look-up has
-- shown is only written while the receipt is as it was when it was looked up: its version, and no other refund's hold.
-- Uses permit.lua, cases.lua and history.lua. With a permit asked for ('cancel'), nothing is written unless the call may be made now.
-- KEYS: refund, history, receipt, waiting, by-state from, by-state to, wake-ups, events, gate, lane
-- ARGV: 1 refund_id, 2 version compared with, 3 version of the receipt compared with ('' none: what is written holds
--       whatever happened to the receipt), 4 state, 5 body, 6 next wake-up ('' none), 7 'keep' the hold, and take it where
--       it is free | 'release' it, 8 settled won, 9 seen total ('' none), 10 history entry, 11 outcome event ('' none),
--       12 account ('' as it is, 'erase', or the new ciphertext), 13 deadline (ms), 14 permit ('' none, 'cancel'),
--       15 interval in us, 16 accepted-at score, 17 own job id ('' none), 18 receipt_id, 19 version after,
--       20 prefix of case indexes, 21 the case as JSON ('' no dead letter), 22 written at (ms),
--       23 with 3, the hold: 'own' this refund's | 'free' no other refund's | 'any', 24 marks to add,
--       25 open drifts to add, 26 'lower' the seen total becomes the highest although it is lower,
--       27 'fold' a history entry that says the same as a recent one, 28 state before, 29 when its last attempt was
--       sent ('' none). A server that lost its last writes may let another writer make the same version anew: the state
--       before, and the very attempt whose reply is written, have to be the stored ones, too.
-- Answers {'done', job id of the next waiter or '', when the permit was given (us) or '', version of the receipt} |
--         {'moved', version, state} | {'disturbed'} the receipt has moved on | {'wait', us} | {'lane', who}
local id, version, state, score = ARGV[1], tonumber(ARGV[2]), ARGV[4], ARGV[16]
local stored = redis.call('HMGET', KEYS[1], 'version', 'state', 'attempt')
local another = stored[2] == 'sending' and stored[3] and stored[3] ~= ARGV[29]
if tonumber(stored[1]) ~= version or stored[2] ~= ARGV[28] or another then
  return { 'moved', stored[1] or '0', stored[2] or '' }
end

local receipt = redis.call('HMGET', KEYS[3], 'lock', 'version', 'settled', 'highest')
if ARGV[3] ~= '' then
  local holder = (ARGV[23] == 'any' and id) or receipt[1] or (ARGV[23] == 'free' and id)
  if holder ~= id or (tonumber(receipt[2]) or 0) ~= tonumber(ARGV[3]) then
    -- Another refund of the receipt made progress: this is no activation that came to nothing by itself.
    redis.call('HDEL', KEYS[1], 'activations')
    return { 'disturbed' }
  end
end

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
if state ~= 'sending' then drop('activations', 'attempt')
else
  keep('sent', 1) -- for ever: a cancel may have been called
  keep('attempt', ARGV[29])
end
if ARGV[12] == 'erase' then drop('account', 'mac')
elseif ARGV[12] ~= '' then keep('account', ARGV[12]) end -- the mac stays: it knows the event, which may come again
if ARGV[6] == '' then
  drop('wake', 'written', 'job', 'deadline')
  redis.call('ZREM', KEYS[7], id)
else
  keep('wake', ARGV[6])
  -- What the writer's clock said: whether it was ahead shows once it is right again.
  keep('written', ARGV[22])
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

-- What is known of the receipt. Its version grows with every change, and with every attempt; never to a number that was
-- given before, not even by a server that lost its last writes: higher, and as late as now.
local totals, changed = {}, state == 'sending' and stored[2] ~= 'sending'
local function set(field, value)
  totals[#totals + 1] = field
  totals[#totals + 1] = value
  changed = true
end
local function add(field, before, more)
  if tonumber(more) ~= 0 then set(field, string.format('%.0f', (tonumber(before) or 0) + tonumber(more))) end
end
local function see(field, before, value)
  local highest = tonumber(before) or 0
  local lower = ARGV[26] == 'lower' and tonumber(value) < highest
  if tonumber(value) > highest or lower then set(field, value) end
end
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[9], 'answered', ARGV[18])
  see('highest', receipt[4], ARGV[9])
end
add('settled', receipt[3], ARGV[8])
if ARGV[24] ~= '0' or ARGV[25] ~= '0' then
  local before = redis.call('HMGET', KEYS[3], 'marks', 'drifts')
  add('marks', before[1], ARGV[24])
  add('drifts', before[2], math.max(tonumber(ARGV[25]), -(tonumber(before[2]) or 0)))
end
local receipt_version = receipt[2] or '0'
if changed then
  receipt_version = string.format('%.0f', math.max((tonumber(receipt_version) or 0) + 1, tonumber(ARGV[22])))
  set('version', receipt_version)
  redis.call('HSET', KEYS[3], unpack(totals))
end
if ARGV[27] == 'fold' then fold_history(KEYS[2], ARGV[10]) else push_history(KEYS[2], ARGV[10]) end
if ARGV[11] ~= '' then redis.call('XADD', KEYS[8], 'MAXLEN', '~', 100000, '*', 'event', ARGV[11]) end

if ARGV[17] ~= '' then redis.call('ZREM', KEYS[4], ARGV[17]) end
local waiter = ''
if ARGV[7] == 'keep' and not receipt[1] then redis.call('HSET', KEYS[3], 'lock', id)
elseif ARGV[7] == 'release' and receipt[1] == id then
  redis.call('HDEL', KEYS[3], 'lock')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return { 'done', waiter, permitted, receipt_version }
