-- One page of an index of refunds: whose job is gone, and whose deadline passed while nobody could work on it. Writes
-- nothing, but for a case of 0.1.0, which no list of kinds and codes knows yet: it is put into them (as poison, where it cannot
-- be read). Uses cases.lua.
-- Record and job keys are made here; like the index they carry the prefix's hash tag.
-- KEYS: index (wake-ups by time, or dead letters)
-- ARGV: 1 prefix of record keys, 2 prefix of job keys, 3 'open' | 'cases', 4 highest score, 5 late since (ms),
--       6 how many, 7 refund_id to go on after ('' the start), 8 its score, 9 prefix of case indexes
-- Answers {refund_id to go on after ('' the end), its score, {refund_id, why, ...}}; why: 'no_job' | 'past_deadline'
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

local limit, highest, late = tonumber(ARGV[6]), tonumber(ARGV[4]), tonumber(ARGV[5])
local page = redis.call('ZRANGE', index, rank, rank + limit - 1, 'WITHSCORES')
local found, last, lastScore = {}, '', '0'
for i = 1, #page, 2 do
  local id, score = page[i], page[i + 1]
  if tonumber(score) > highest then
    last = ''
    break
  end
  last, lastScore = id, score
  local refund = redis.call('HMGET', ARGV[1] .. id, 'version', 'job', 'deadline', 'group')
  if not open and not refund[4] then index_old_case(id, score) end
  local job = (open and refund[2]) or (id .. '-' .. (refund[1] or '0'))
  local why = nil
  if open and tonumber(score) <= late and (tonumber(refund[3]) or math.huge) <= late then why = 'past_deadline'
  elseif redis.call('EXISTS', ARGV[2] .. job) == 0 then why = 'no_job' end
  if why then
    found[#found + 1] = id
    found[#found + 1] = why
  end
end
if #page < 2 * limit then last = '' end
return { last, lastScore, found }
