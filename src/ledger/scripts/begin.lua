-- One activation begins: may it work on this refund now? Takes the receipt's hold and asks for a look-up's permit.
-- Uses permit.lua.
-- KEYS: refund, receipt, waiting, gate, lane, wake-ups
-- ARGV: 1 refund_id, 2 receipt_id, 3 now, 4 job id, 5 when it began to wait, for the row of waiters, 6 interval in us
-- Answers
--   {'missing'}
--   {'foreign'}                        the job names another receipt than the record: poison
--   {'closed', body ('' when it is purged), state, version}
--   {'early', wake}
--   {'lane', 'person' | 'credentials'}
--   {'held', holder, times waited, body, state, version}
--   {'go', body, activations of this job, account, highest, settled, marks, open drifts,
--     version of the receipt, permit, us, consecutiveFailures, state, version of the record, '1' the hold was taken just now else '0',
--     the job noted before or '', the counts of activations before or '' and now}
-- A wake-up that was written while the clock was ahead is set anew, with the same wait from now: no refund sleeps for as
-- long as the clock was wrong. A job that waits for a receipt or a person says until when (`resting`), for its wake-up
-- has passed by then. `now` may be old: a command that waited in a broken connection shortens nobody's wait.
-- A hold has no expiry and belongs to the refund, not to a job: another job of the same refund finds it taken already.
-- Activations are counted for each job apart (';job id=count' for each), until the next write: several live jobs of one
-- refund must not add up to what a job that crashes again and again looks like.
local HOSTS_DIFFER_MS = 1000
local LONGEST_RECEIPT_WAIT_MS = 60000
local LONGEST_LANE_WAIT_MS = 600000
local id, now = ARGV[1], tonumber(ARGV[3])
local refund = redis.call('HMGET', KEYS[1], 'state', 'wake', 'receipt', 'body', 'account', 'waits', 'activations', 'written',
  'resting', 'version', 'job')
local state, waits = refund[1], refund[6]
if not state then return { 'missing' } end
if refund[3] ~= ARGV[2] then return { 'foreign' } end
if state == 'succeeded' or state == 'resolved' or state == 'dead_lettered' then
  redis.call('ZREM', KEYS[3], ARGV[4])
  return { 'closed', refund[4] or '', state, refund[10] or '0' }
end
local wake, written = tonumber(refund[2]) or 0, tonumber(refund[8]) or 0
if wake > now and written > math.max(now, gate_now() / 1000) + HOSTS_DIFFER_MS then
  wake = now + math.max(0, wake - written)
  redis.call('HSET', KEYS[1], 'wake', string.format('%.0f', wake), 'written', ARGV[3])
  redis.call('ZADD', KEYS[6], wake, id)
end
if wake > now then return { 'early', string.format('%.0f', wake) } end

local function note(...) redis.call('HSET', KEYS[1], 'job', ARGV[4], ...) end

local lane = redis.call('HMGET', KEYS[5], 'credentials', 'person')
local by = (lane[1] and 'credentials') or (lane[2] and state ~= 'unknown' and state ~= 'sending' and 'person')
if by then
  note('resting', now + LONGEST_LANE_WAIT_MS)
  return { 'lane', by }
end

local receipt = redis.call('HMGET', KEYS[2], 'lock', 'version', 'highest', 'settled', 'marks', 'drifts')
local holder = receipt[1]
if holder and holder ~= id then
  local times = (tonumber(waits) or 0) + 1
  note('waits', times, 'resting', now + LONGEST_RECEIPT_WAIT_MS)
  redis.call('ZADD', KEYS[3], 'NX', ARGV[5], ARGV[4])
  return { 'held', holder, times, refund[4] or '', state, refund[10] or '0' }
end
if waits or refund[9] then redis.call('HDEL', KEYS[1], 'waits', 'resting') end
if waits then redis.call('ZREM', KEYS[3], ARGV[4]) end
if not holder then redis.call('HSET', KEYS[2], 'lock', id) end

local function counted(counts, job)
  local name = ';' .. job .. '='
  local from, to = string.find(counts, name, 1, true)
  if not from then return 1, counts .. name .. '1' end
  local count = tonumber(string.match(counts, '^%d+', to + 1)) + 1
  return count, string.sub(counts, 1, to) .. count .. string.gsub(string.sub(counts, to + 1), '^%d+', '')
end
local activations, counts = counted(refund[7] or '', ARGV[4])
note('activations', counts)
local us = gate_now()

local interval, permit, permitted, consecutiveFailures = tonumber(ARGV[6]), 'wait', 0, '0'
if state == 'sending' then consecutiveFailures = redis.call('HGET', KEYS[4], 'silent') or '0'
else permit, permitted, consecutiveFailures = gate_pass(KEYS[4], 'look_up', interval, us) end
return {
  'go', refund[4] or '', activations, refund[5] or '',
  receipt[3] or '0', receipt[4] or '0', receipt[5] or '0', receipt[6] or '0', receipt[2] or '0',
  permit, string.format('%.0f', permitted), consecutiveFailures,
  state, refund[10] or '0', holder and '0' or '1', refund[11] or '', refund[7] or '', counts,
}
