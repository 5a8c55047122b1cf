-- Examines one page of an index of refunds. Found are those whose job is gone or will not come in time, whose wake-up was
-- written by a clock that was ahead, or whose deadline passed while no worker could take them. Writes nothing.
-- Record and job keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: index (wake-ups by time, or dead letters); of the open ones also BullMQ's prioritized, delayed, active, wait and
--       paused, and the lane
-- ARGV: 1 JSON: among ('open' | 'cases'), records and jobs (prefixes of their keys), due_by (highest score that is due),
--       late_by (late since, ms), up_to (highest score to look at; absent: any), limit, after ({id, score as text} to go
--       on after; absent: the start), now, longest_receipt_wait, longest_lane_wait, hosts_differ
--       (ms)
-- Answers JSON {found = {{refund_id, why, job_id}, ...} (absent: none), next = {id, score as text} (absent: the end)}; why:
--   'no_job'         there is no such job
--   'no_list'        it is in none of BullMQ's lists: nothing would ever run it
--   'asleep'         it waits although its wake-up is due: the host that set the delay has another clock
--   'ahead'          the record was written by a clock that was ahead, and so was its wake-up
--   'past_deadline'
local page = cjson.decode(ARGV[1])
local index, open, after, due, now = KEYS[1], page.among == 'open', page.after, page.due_by, page.now
local rank = 0
if after then
  local at = redis.call('ZSCORE', index, after.id)
  -- Gone or moved: go on from where it was. Refunds with its score come again, which is harmless.
  if at and tonumber(at) == tonumber(after.score) then rank = redis.call('ZRANK', index, after.id) + 1
  else rank = redis.call('ZCOUNT', index, '-inf', '(' .. after.score) end
end

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
local longest = lane_is_held and page.longest_lane_wait or page.longest_receipt_wait
local function rests(resting)
  local until_ms = tonumber(resting) or 0
  return until_ms > due and until_ms <= now + longest
end

local function why_open(score, refund, job)
  if score <= page.late_by and (tonumber(refund[3]) or math.huge) <= page.late_by then return 'past_deadline' end
  if score > due then return (tonumber(refund[4]) or 0) > now + page.hosts_differ and 'ahead' or nil end
  if redis.call('EXISTS', page.jobs .. job) == 0 then return 'no_job' end
  if redis.call('ZSCORE', KEYS[2], job) then return nil end
  if redis.call('ZSCORE', KEYS[3], job) then return not rests(refund[5]) and 'asleep' or nil end
  return not is_listed(job) and 'no_list' or nil
end

local entries = redis.call('ZRANGE', index, rank, rank + page.limit - 1, 'WITHSCORES')
local found, last = {}, nil
for i = 1, #entries, 2 do
  local id, score = entries[i], entries[i + 1]
  if tonumber(score) > (page.up_to or math.huge) then
    last = nil
    break
  end
  last = { id = id, score = score }
  local refund = redis.call('HMGET', page.records .. id, 'version', 'job', 'deadline', 'written', 'resting')
  local job = (open and refund[2]) or (id .. '-' .. (refund[1] or '0'))
  local why = nil
  if open then why = why_open(tonumber(score), refund, job)
  elseif redis.call('EXISTS', page.jobs .. job) == 0 then why = 'no_job' end
  if why then found[#found + 1] = { refund_id = id, why = why, job_id = job } end
end
if #entries < 2 * page.limit then last = nil end
return cjson.encode({ found = #found > 0 and found or nil, next = last })
