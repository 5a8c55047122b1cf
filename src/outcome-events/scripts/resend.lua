-- Events that were set aside go back to the end of the stream, to be delivered like new ones; the name and the reason of
-- the person are kept beside the event.
-- KEYS: events, set aside
-- ARGV: 1 JSON list: entries of those set aside, 2 {who, reason, at} as JSON, kept as it is
-- Answers JSON {sent: the entries that went back (absent: none)}; those that are missing in it were not there any more.
local sent = {}
for _, id in ipairs(cjson.decode(ARGV[1])) do
  local entry = redis.call('XRANGE', KEYS[2], id, id)[1]
  if entry then
    local fields = {}
    for j = 1, #entry[2], 2 do fields[entry[2][j]] = entry[2][j + 1] end
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', 100000, '*', 'event', fields.event, 'resent', ARGV[2])
    redis.call('XDEL', KEYS[2], id)
    sent[#sent + 1] = id
  end
end
return cjson.encode({ sent = #sent > 0 and sent or nil })
