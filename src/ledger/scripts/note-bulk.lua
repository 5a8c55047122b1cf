-- Keeps what is known of some cases of a bulk. Uses bulk-results.lua.
-- KEYS: bulk, verdicts. ARGV: 1 JSON {kind, list}, as bulk-results.lua takes them
-- Answers 1.
local noted = cjson.decode(ARGV[1])
note_verdicts(KEYS[1], KEYS[2], noted.kind, noted.list)
return 1
