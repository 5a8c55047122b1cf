-- The webhook did not take an event: the try is counted, and after enough of them the event is moved from the pending
-- entries to those set aside, in one step.
-- Refused: enough after so many refusals, unless so many events were set aside since the last one was taken (then it is
-- the address that refuses, not the event). Refused or not taken just now: enough after so many tries that each had
-- another event taken since the try before; an outage, in which nothing is taken, never is.
-- KEYS: events, tries, set aside, counters
-- ARGV: 1 JSON {group, entry, id, kind: 'refused' | 'not_now', status | null, reason, now, refusals, passes, inARow,
--       most, firstMs, longestMs}, 2 the event
-- Answers JSON {kind: 'again' | 'kept', dueAt} | {kind: 'set_aside', tries, dropped: [ids]} | {kind: 'settled'}.
-- kept: refused often enough, but nothing else is taken either. settled: another process was first.
local ask = cjson.decode(ARGV[1])
if #redis.call('XPENDING', KEYS[1], ask.group, ask.entry, ask.entry, 1) == 0 then
  return cjson.encode({ kind = 'settled' })
end

local taken = tonumber(redis.call('HGET', KEYS[4], 'events_taken')) or 0
local function stored_tries()
  local readable, tries = pcall(cjson.decode, redis.call('HGET', KEYS[2], ask.entry) or '')
  if readable and type(tries) == 'table' and tonumber(tries.tries) then return tries end
  return { tries = 0, refusals = 0, passes = 0, since = ask.now, taken = taken }
end

local tries = stored_tries()
tries.tries = tries.tries + 1
if ask.kind == 'refused' then tries.refusals = tries.refusals + 1 end
if taken > tries.taken then tries.passes = tries.passes + 1 end
tries.taken, tries.at, tries.kind = taken, ask.now, ask.kind
tries.status, tries.reason = ask.status, ask.reason

local refused = ask.kind == 'refused' and tries.refusals >= ask.refusals
local inARow = tonumber(redis.call('HGET', KEYS[4], 'events_refused_in_a_row')) or 0
if not (refused and inARow < ask.inARow) and tries.passes < ask.passes then
  tries.dueAt = ask.now + math.min(ask.firstMs * 2 ^ math.min(tries.tries - 1, 30), ask.longestMs)
  redis.call('HSET', KEYS[2], ask.entry, cjson.encode(tries))
  return cjson.encode({ kind = refused and 'kept' or 'again', dueAt = tries.dueAt })
end

local dropped = {}
for _, oldest in ipairs(redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', math.max(redis.call('XLEN', KEYS[3]) + 1 - ask.most, 1))) do
  if redis.call('XLEN', KEYS[3]) < ask.most then break end
  redis.call('XDEL', KEYS[3], oldest[1])
  redis.call('HINCRBY', KEYS[4], 'events_dropped', 1)
  redis.call('HSET', KEYS[4], 'events_dropped_at', ask.now)
  dropped[#dropped + 1] = oldest[2][2]
end
local about = { tries = tries.tries, since = tries.since, at = ask.now, status = ask.status, reason = ask.reason }
redis.call('XADD', KEYS[3], '*', 'id', ask.id, 'event', ARGV[2], 'about', cjson.encode(about))
redis.call('XACK', KEYS[1], ask.group, ask.entry)
redis.call('HDEL', KEYS[2], ask.entry)
if ask.kind == 'refused' then redis.call('HINCRBY', KEYS[4], 'events_refused_in_a_row', 1) end
local answer = { kind = 'set_aside', tries = tries.tries }
if #dropped > 0 then answer.dropped = dropped end
return cjson.encode(answer)
