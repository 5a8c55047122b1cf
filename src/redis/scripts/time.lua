-- Redis' own time, and the last step of it that any process noticed.
-- KEYS: clock step
-- Answers {seconds, microseconds, when it was moved (ms) or ''}.
local time = redis.call('TIME')
return { time[1], time[2], redis.call('GET', KEYS[1]) or '' }
