-- A second person sends back what was asked for: the approval ends, and the case keeps the reason as a note.
-- Uses approvals.lua and actions.lua.
-- KEYS: notes, actions
-- ARGV: 1 JSON {approval (as approvals.lua takes it), refund_id, now (ms), most (notes)}, 2 note (JSON), 3 action
-- Answers 1 (by an earlier run of the same as well), or 0 where the approval does not stand any more
local ask = cjson.decode(ARGV[1])
if not approval_stands(ask.approval, ask.now) then return is_kept(KEYS[1], ARGV[2]) and 1 or 0 end
end_approval(ask.approval, ask.refund_id)
if redis.call('LLEN', KEYS[1]) < ask.most then redis.call('RPUSH', KEYS[1], ARGV[2]) end
keep_action(KEYS[2], ARGV[3])
return 1
