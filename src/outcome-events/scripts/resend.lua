-- Events that were set aside go back to the end of the stream, to be delivered like new ones; the name and the reason of
-- the person are kept beside the event.
-- KEYS: events, set aside
-- ARGV: 1 JSON {who, reason, at}, 2.. entries of those set aside
-- Answers the entries that went back; those that are missing in it were not there any more.
local sent = {}
for i = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
  if entry then
    local fields = {}
    for j = 1, #entry[2], 2 do fields[entry[2][j]] = entry[2][j + 1] end
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', 100000, '*', 'event', fields.event, 'resent', ARGV[1])
    redis.call('XDEL', KEYS[2], ARGV[i])
    sent[#sent + 1] = ARGV[i]
  end
end
return sent
