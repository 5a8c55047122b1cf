-- Keeps what was told and what is not told yet, with the cases that it is about; only for the process whose turn it is.
-- KEYS: owner, state, cases, deadlines
-- ARGV: 1 JSON {name, cases = {{id, text}, ...}, gone = {id, ...}, due = {{id, score as text}, ...}, undue = {id, ...}},
--       each list absent where it is empty; 2 the state, as it stands
-- Answers 1, or 0 when the turn is another's.
local ask = cjson.decode(ARGV[1])
if redis.call('GET', KEYS[1]) ~= ask.name then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
for _, case in ipairs(ask.cases or {}) do redis.call('HSET', KEYS[3], case[1], case[2]) end
for _, due in ipairs(ask.due or {}) do redis.call('ZADD', KEYS[4], due[2], due[1]) end
for _, id in ipairs(ask.undue or {}) do redis.call('ZREM', KEYS[4], id) end
for _, id in ipairs(ask.gone or {}) do
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
end
return 1
