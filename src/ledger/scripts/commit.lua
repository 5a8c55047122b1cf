-- One atomic step of a refund: compare-and-set on its version, then everything that changes with it. What follows from a
-- look-up is written only while the receipt is as it was looked up: the same version, and no other refund's lock.
-- A cancel is begun (`state` becomes 'sending') only while the lane is not held.
-- Uses receipt-version.lua, cases.lua, history.lua, counts.lua, actions.lua, book.lua, approvals.lua and bulk-results.lua.
-- KEYS: refund, history, receipt, waiting, by-state before, by-state now, wake-ups, events, answered, lane, actions
-- ARGV: 1 JSON (below), 2 body, 3 history line, 4 outcome event ('' none),
--       5 account ('' as it is, 'erase', or the new ciphertext), 6 action of a person ('' none)
-- JSON: refund_id, receipt_id, job_id (of its own, absent: none)
--   version          compared with; next_version: after it. A server that lost its last writes may let another writer make
--                    the same version anew, so the state before and the very attempt whose reply is written are compared, too
--   state_before, state, attempt (when the last one was sent, as text; absent: none)
--   wake (absent: none), deadline, now, accepted_at: ms
--   receipt_version  compared with; absent: the write does not depend on the receipt
--   lock_of          with it, whose lock may be on the receipt: 'own' | 'free' (no other refund's) | 'any'
--   lock             'keep', and take it where it is free | 'release'
--   settled, marks, drifts: added to the receipt's; seen: total that was shown (absent: none); lowers: it becomes the
--                    highest although it is lower
--   about            of the receipt, for people, as a JSON list in ASCII (absent: none); it changes no version
--   days (prefix), moment, counts: as counts.lua takes them
--   books (prefix), book (fields of its entry, absent: none): as book.lua takes them
--   cases            prefix of case indexes; case, place: of a dead letter; folds: the line of history repeats a recent one
--   act              another one for each write of a person (absent: none), by which a script that is sent again after a lost
--                    answer is known. A worker has none: one that hears 'done' calls Bootpay
--   approval         of an act that took two people, as approvals.lua takes it: where it does not stand, the answer is 'moved'
--   bulk, results (keys), verdict: of many cases at once, as bulk-results.lua takes them (absent: none). With the write, so
--                    that whoever takes the work over knows what was done
-- Answers JSON: {kind = 'done', next_waiter (job id, '' none), receipt_version} (of a person's act by an earlier run of the same
--   as well) | {kind = 'moved', version, state} |
--   {kind = 'disturbed'}: the receipt has moved on | {kind = 'lane_held', by}
local step = cjson.decode(ARGV[1])
local id, state = step.refund_id, step.state
local function answer(fields) return cjson.encode(fields) end
local stored = redis.call('HMGET', KEYS[1], 'version', 'state', 'attempt', 'helped', 'act')
local another = stored[2] == 'sending' and stored[3] and stored[3] ~= step.attempt
local stands = approval_stands(step.approval, step.now)
if tonumber(stored[1]) ~= step.version or stored[2] ~= step.state_before or another or not stands then
  if step.act and stored[5] == step.act then
    local version = tonumber(redis.call('HGET', KEYS[3], 'version')) or 0
    return answer({ kind = 'done', next_waiter = '', receipt_version = version })
  end
  return answer({ kind = 'moved', version = tonumber(stored[1]) or 0, state = stored[2] or '' })
end

local receipt = redis.call('HMGET', KEYS[3], 'lock', 'version', 'settled', 'highest')
if step.receipt_version then
  local holder = (step.lock_of == 'any' and id) or receipt[1] or (step.lock_of == 'free' and id)
  if holder ~= id or (tonumber(receipt[2]) or 0) ~= step.receipt_version then
    -- Another refund of the receipt made progress: this activation does not count as one without progress.
    redis.call('HDEL', KEYS[1], 'activations')
    return answer({ kind = 'disturbed' })
  end
end

local begins = state == 'sending' and stored[2] ~= 'sending'
if begins then
  local lane = redis.call('HMGET', KEYS[10], 'credentials', 'person')
  local by = (lane[1] and 'credentials') or (lane[2] and 'person')
  if by then return answer({ kind = 'lane_held', by = by }) end
end

-- Calls cost more than what they do: fields of one hash are set, and taken away, in one.
local kept, gone = { 'version', step.next_version, 'state', state, 'body', ARGV[2] }, {}
local function keep(field, value)
  kept[#kept + 1] = field
  kept[#kept + 1] = value
end
local function drop(...) for _, field in ipairs({ ... }) do gone[#gone + 1] = field end end
if state ~= 'sending' then drop('activations', 'attempt')
else
  keep('sent', 1) -- for ever: a cancel may have been called
  keep('attempt', step.attempt)
end
local helped = stored[4] or stored[2] == 'dead_lettered'
if helped then keep('helped', 1) end -- for ever: a person decided about it
if step.act then keep('act', step.act) end
if ARGV[5] == 'erase' then drop('account', 'mac')
elseif ARGV[5] ~= '' then keep('account', ARGV[5]) end -- the mac stays, to recognise the event if it comes again
-- A Redis out of memory refuses the first command that may need some, and none after one that was taken: a refund that
-- ends begins with a ZREM, so its end is written all the same.
if not step.wake then
  drop('wake', 'written', 'job', 'deadline')
  redis.call('ZREM', KEYS[7], id)
else
  keep('wake', step.wake)
  -- By the writer's clock. Once that clock is right again, a time ahead of it shows that it was ahead.
  keep('written', step.now)
  keep('deadline', step.deadline)
  redis.call('ZADD', KEYS[7], step.wake, id)
end
redis.call('HSET', KEYS[1], unpack(kept))
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end

if stored[2] ~= state then
  redis.call('ZREM', KEYS[5], id)
  redis.call('ZADD', KEYS[6], step.accepted_at, id)
end
if state == 'dead_lettered' or stored[2] == 'dead_lettered' then
  index_case(KEYS[1], step.cases, id, step.accepted_at, step.case, step.place)
end

-- What is known of the receipt. Its version grows with every change, and with every attempt.
local totals, changed = {}, begins
local function set(field, value)
  totals[#totals + 1] = field
  totals[#totals + 1] = value
  changed = true
end
local function add(field, before, more)
  if more ~= 0 then set(field, string.format('%.0f', (tonumber(before) or 0) + more)) end
end
local function see(field, before, value)
  local highest = tonumber(before) or 0
  local lower = step.lowers and value < highest
  if value > highest or lower then set(field, value) end
end
if step.seen then
  -- A step that follows a call comes after one that follows its look-up, and has nothing new to say here.
  if step.state_before ~= 'sending' then redis.call('SET', KEYS[9], step.receipt_id) end
  see('highest', receipt[4], step.seen)
end
add('settled', receipt[3], step.settled)
if step.marks ~= 0 or step.drifts ~= 0 then
  local before = redis.call('HMGET', KEYS[3], 'marks', 'drifts')
  add('marks', before[1], step.marks)
  add('drifts', before[2], math.max(step.drifts, -(tonumber(before[2]) or 0)))
end
local receipt_version = tonumber(receipt[2]) or 0
if step.about then
  totals[#totals + 1] = 'about'
  totals[#totals + 1] = cjson.encode(cjson.decode(step.about)) -- in UTF-8
end
if changed then
  local after = next_receipt_version(receipt[2], step.now)
  receipt_version = tonumber(after)
  set('version', after)
end
if #totals > 0 then redis.call('HSET', KEYS[3], unpack(totals)) end
if step.folds then fold_history(KEYS[2], ARGV[3]) else push_history(KEYS[2], ARGV[3]) end
if ARGV[4] ~= '' then redis.call('XADD', KEYS[8], 'MAXLEN', '~', 100000, '*', 'event', ARGV[4]) end

if state == 'succeeded' and stored[2] ~= state and not helped then step.counts.unaided = 1 end
count(step.days, step.moment, step.counts)
keep_action(KEYS[11], ARGV[6])
keep_entry(step.books, step.moment.day, step.book)
end_approval(step.approval, id)
if step.bulk then note_verdicts(step.bulk, step.results, 'results', { step.verdict }) end

if step.job_id then redis.call('ZREM', KEYS[4], step.job_id) end
local waiter = ''
if step.lock == 'keep' and not receipt[1] then redis.call('HSET', KEYS[3], 'lock', id)
elseif step.lock == 'release' and receipt[1] == id then
  redis.call('HDEL', KEYS[3], 'lock')
  waiter = redis.call('ZPOPMIN', KEYS[4])[1] or ''
end
return answer({ kind = 'done', next_waiter = waiter, receipt_version = receipt_version })
