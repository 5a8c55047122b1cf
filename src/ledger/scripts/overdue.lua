-- Examines one page of an index of refunds. Found are those whose job is gone or will not come in time, whose wake-up was
-- written by a clock that was ahead, or whose deadline passed while no worker could take them. Writes nothing.
-- Record and job keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: index (wake-ups by time, or dead letters); of the open ones also BullMQ's prioritized, delayed, active, wait and
--       paused, and the lane
-- ARGV: 1 prefix of record keys, 2 prefix of job keys, 3 'open' | 'cases', 4 highest score that is due, 5 late since
--       (ms), 6 how many, 7 refund_id to go on after ('' the start), 8 its score, 9 now, 10 highest score
--       to look at
-- Answers {refund_id to go on after ('' the end), its score, {refund_id, why, job id, ...}}; why:
--   'no_job'         there is no such job
--   'no_list'        it is in none of BullMQ's lists: nothing would ever run it
--   'asleep'         it waits although its wake-up is due: the host that set the delay has another clock
--   'ahead'          the record was written by a clock that was ahead, and so was its wake-up
--   'past_deadline'
local HOSTS_DIFFER_MS = 1000
local LONGEST_RECEIPT_WAIT_MS = 30000
local LONGEST_LANE_WAIT_MS = 600000
local index, open = KEYS[1], ARGV[3] == 'open'
local rank = 0
if ARGV[7] ~= '' then
  local at = redis.call('ZSCORE', index, ARGV[7])
  -- Gone or moved: go on from where it was. Refunds with its score come again, which is harmless.
  if at and tonumber(at) == tonumber(ARGV[8]) then rank = redis.call('ZRANK', index, ARGV[7]) + 1
  else rank = redis.call('ZCOUNT', index, '-inf', '(' .. ARGV[8]) end
end

local limit, due, late, now = tonumber(ARGV[6]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[9])

-- Jobs that are worked on, or wait without a priority: few. Read once, when the first of them is met.
local listed = nil
local function is_listed(job)
  if not listed then
    listed = {}
    for i = 4, 6 do
      for _, one in ipairs(redis.call('LRANGE', KEYS[i], 0, -1)) do listed[one] = true end
    end
  end
  return listed[job]
end

-- Behind another refund, or while a person holds the lane, a job waits on purpose, its wake-up long passed. A job that
-- was on its way to wait when the lane was resumed could not be woken, and would wait its whole time.
local lane_is_held = open and redis.call('HEXISTS', KEYS[7], 'person') == 1
local longest = lane_is_held and LONGEST_LANE_WAIT_MS or LONGEST_RECEIPT_WAIT_MS
local function rests(resting)
  local until_ms = tonumber(resting) or 0
  return until_ms > due and until_ms <= now + longest
end

local function why_open(score, refund, job)
  if score <= late and (tonumber(refund[3]) or math.huge) <= late then return 'past_deadline' end
  if score > due then return (tonumber(refund[4]) or 0) > now + HOSTS_DIFFER_MS and 'ahead' or nil end
  if redis.call('EXISTS', ARGV[2] .. job) == 0 then return 'no_job' end
  if redis.call('ZSCORE', KEYS[2], job) then return nil end
  if redis.call('ZSCORE', KEYS[3], job) then return not rests(refund[5]) and 'asleep' or nil end
  return not is_listed(job) and 'no_list' or nil
end

local page = redis.call('ZRANGE', index, rank, rank + limit - 1, 'WITHSCORES')
local found, last, lastScore = {}, '', '0'
for i = 1, #page, 2 do
  local id, score = page[i], page[i + 1]
  if tonumber(score) > tonumber(ARGV[10]) then
    last = ''
    break
  end
  last, lastScore = id, score
  local refund = redis.call('HMGET', ARGV[1] .. id, 'version', 'job', 'deadline', 'written', 'resting')
  local job = (open and refund[2]) or (id .. '-' .. (refund[1] or '0'))
  local why = nil
  if open then why = why_open(tonumber(score), refund, job)
  elseif redis.call('EXISTS', ARGV[2] .. job) == 0 then why = 'no_job' end
  if why then
    found[#found + 1] = id
    found[#found + 1] = why
    found[#found + 1] = job
  end
end
if #page < 2 * limit then last = '' end
return { last, lastScore, found }
