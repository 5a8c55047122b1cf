-- One page of an index of refunds: whose job is gone or will not come in time, whose wake-up a clock that was ahead has
-- written, and whose deadline passed while nobody could work on it. Writes nothing, but for a case of 0.1.0, which no
-- list of kinds and codes knows yet: it is put into them (as poison, where it cannot be read). Uses
-- cases.lua.
-- Record and job keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: index (wake-ups by time, or dead letters); of the open ones also BullMQ's prioritized, delayed, active, wait and
--       paused
-- ARGV: 1 prefix of record keys, 2 prefix of job keys, 3 'open' | 'cases', 4 highest score that is due, 5 late since
--       (ms), 6 how many, 7 refund_id to go on after ('' the start), 8 its score, 9 prefix of case indexes, 10 now,
--       11 highest score to look at
-- Answers {refund_id to go on after ('' the end), its score, {refund_id, why, job id, ...}}; why:
--   'no_job'         there is no such job
--   'no_list'        it is in none of BullMQ's lists: nothing would ever run it
--   'asleep'         it waits although its wake-up is due: the host that said until when has another clock
--   'ahead'          the record was written by a clock that was ahead, and so was its wake-up
--   'past_deadline'
local HOSTS_DIFFER_MS = 1000
local LONGEST_REST_MS = 600000
local index, open = KEYS[1], ARGV[3] == 'open'
local rank = 0
if ARGV[7] ~= '' then
  local at = redis.call('ZSCORE', index, ARGV[7])
  -- Gone or moved: on from where it was. Those with its score come again, which harms nobody.
  if at and tonumber(at) == tonumber(ARGV[8]) then rank = redis.call('ZRANK', index, ARGV[7]) + 1
  else rank = redis.call('ZCOUNT', index, '-inf', '(' .. ARGV[8]) end
end

local function index_old_case(id, score)
  local readable, body = pcall(cjson.decode, redis.call('HGET', ARGV[1] .. id, 'body') or '')
  if not readable or type(body) ~= 'table' then body = {} end
  if (tonumber(body.schema) or 0) > 1 then return end
  local case = body.deadLetter
  if type(case) ~= 'table' or type(case.case) ~= 'string' then case = { case = 'poison', severity = 'critical' } end
  index_case(ARGV[1] .. id, ARGV[9], id, score, case)
end

local limit, due, late, now = tonumber(ARGV[6]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[10])

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

-- Behind another refund or a person's hold a job waits on purpose, its wake-up long passed.
local function rests(resting)
  local until_ms = tonumber(resting) or 0
  return until_ms > due and until_ms <= now + LONGEST_REST_MS
end

local function why_open(score, refund, job)
  if score <= late and (tonumber(refund[3]) or math.huge) <= late then return 'past_deadline' end
  if score > due then return (tonumber(refund[5]) or 0) > now + HOSTS_DIFFER_MS and 'ahead' or nil end
  if redis.call('EXISTS', ARGV[2] .. job) == 0 then return 'no_job' end
  if redis.call('ZSCORE', KEYS[2], job) then return nil end
  if redis.call('ZSCORE', KEYS[3], job) then return not rests(refund[6]) and 'asleep' or nil end
  return not is_listed(job) and 'no_list' or nil
end

local page = redis.call('ZRANGE', index, rank, rank + limit - 1, 'WITHSCORES')
local found, last, lastScore = {}, '', '0'
for i = 1, #page, 2 do
  local id, score = page[i], page[i + 1]
  if tonumber(score) > tonumber(ARGV[11]) then
    last = ''
    break
  end
  last, lastScore = id, score
  local refund = redis.call('HMGET', ARGV[1] .. id, 'version', 'job', 'deadline', 'group', 'written', 'resting')
  if not open and not refund[4] then index_old_case(id, score) end
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
