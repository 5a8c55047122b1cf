-- Ends a claim before its time. One that another owner has by now is left alone.
-- KEYS: claim. ARGV: 1 owner
-- Answers 1 when it was this owner's, else 0.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
