-- Redis' own time, and the last step of it that any process noticed.
-- KEYS: clock step
-- Answers JSON {seconds, micros, stepped_at (ms, absent: it was not)}, as texts.
local time = redis.call('TIME')
return cjson.encode({ seconds = time[1], micros = time[2], stepped_at = redis.call('GET', KEYS[1]) or nil })
