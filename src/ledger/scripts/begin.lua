-- One activation begins: may this job work on its refund now? Takes the receipt's lock.
-- KEYS: refund, receipt, waiting, lane, wake-ups
-- ARGV: 1 JSON {refund_id, receipt_id, job_id, now, longest_receipt_wait, longest_lane_wait, hosts_differ}: ms
-- Answers {JSON, body, account}. body: '' when it is purged or not needed; account: '' none. JSON, by its kind:
--   missing
--   foreign                            the job names another receipt than the record: poison
--   closed {state, version}
--   early {at}
--   lane_held {by}                     'person' | 'credentials'
--   receipt_held {waits, state, version}
--   go {activations, highest, settled, marks, drifts, receipt_version, state, version, took}
--      activations: of this job since the last write, this one included
--      took: {lock, job, counts, counts_now}, for give-back.lua
-- A wake-up that was written while the clock was ahead is set anew, with the same wait from now: no refund sleeps for
-- as long as the clock was wrong. A job that waits for a receipt or a person notes until when (`resting`), because its
-- wake-up has passed by then. `now` may be old: a command that waited in a broken connection must not shorten a wait. A
-- lock has no expiry and belongs to the refund, not to a job: another job of the same refund finds it taken already.
-- Activations are counted for each job apart (';job id=count' for each), until the next write: several live jobs of one
-- refund must not add up to the count of a job that crashes again and again.
local job = cjson.decode(ARGV[1])
local id, now = job.refund_id, job.now
local function answer(kind, fields, body, account)
  fields.kind = kind
  return { cjson.encode(fields), body or '', account or '' }
end

local refund = redis.call('HMGET', KEYS[1], 'state', 'wake', 'receipt', 'body', 'account', 'waits', 'activations', 'written',
  'resting', 'version', 'job')
local state, body, waits, version = refund[1], refund[4], refund[6], tonumber(refund[10]) or 0
if not state then return answer('missing', {}) end
if refund[3] ~= job.receipt_id then return answer('foreign', {}) end
if state == 'succeeded' or state == 'resolved' or state == 'dead_lettered' then
  redis.call('ZREM', KEYS[3], job.job_id)
  return answer('closed', { state = state, version = version }, body)
end

local function redis_now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
end
local wake, written = tonumber(refund[2]) or 0, tonumber(refund[8]) or 0
if wake > now and written > math.max(now, redis_now()) + job.hosts_differ then
  wake = now + math.max(0, wake - written)
  redis.call('HSET', KEYS[1], 'wake', string.format('%.0f', wake), 'written', now)
  redis.call('ZADD', KEYS[5], wake, id)
end
if wake > now then return answer('early', { at = wake }) end

local function note(...) redis.call('HSET', KEYS[1], 'job', job.job_id, ...) end

local lane = redis.call('HMGET', KEYS[4], 'credentials', 'person')
local by = (lane[1] and 'credentials') or (lane[2] and state ~= 'unknown' and state ~= 'sending' and 'person')
if by then
  note('resting', now + job.longest_lane_wait)
  return answer('lane_held', { by = by })
end

local receipt = redis.call('HMGET', KEYS[2], 'lock', 'version', 'highest', 'settled', 'marks', 'drifts')
local holder = receipt[1]
if holder and holder ~= id then
  local times = (tonumber(waits) or 0) + 1
  note('waits', times, 'resting', now + job.longest_receipt_wait)
  redis.call('ZADD', KEYS[3], 'NX', now, job.job_id)
  return answer('receipt_held', { waits = times, state = state, version = version }, body)
end
if waits or refund[9] then redis.call('HDEL', KEYS[1], 'waits', 'resting') end
if waits then redis.call('ZREM', KEYS[3], job.job_id) end
if not holder then redis.call('HSET', KEYS[2], 'lock', id) end

local function counted(counts, name)
  local from, to = string.find(counts, name, 1, true)
  if not from then return 1, counts .. name .. '1' end
  local count = tonumber(string.match(counts, '^%d+', to + 1)) + 1
  return count, string.sub(counts, 1, to) .. count .. string.gsub(string.sub(counts, to + 1), '^%d+', '')
end
local before = refund[7] or ''
local activations, counts = counted(before, ';' .. job.job_id .. '=')
note('activations', counts)
local function number(place) return tonumber(receipt[place]) or 0 end
return answer('go', {
  activations = activations, state = state, version = version,
  receipt_version = number(2), highest = number(3), settled = number(4), marks = number(5), drifts = number(6),
  took = { lock = not holder, job = refund[11] or '', counts = before, counts_now = counts },
}, body, refund[5])
