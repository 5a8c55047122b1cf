-- Library: what became of the cases of a bulk, each counted once however often it is said.
-- note_verdicts(bulk, verdicts, kind, list): bulk and verdicts are keys; kind ('previews', 'results') begins the names of
-- the bulk's counters; list of {number, result, rule (absent: none), line (JSON, as it is read back), won (absent: not
-- known), asked (absent: no)}
local function count_verdict(bulk, name, won)
  redis.call('HINCRBY', bulk, name .. ':count', 1)
  if won then redis.call('HINCRBY', bulk, name .. ':won', string.format('%.0f', won))
  else redis.call('HINCRBY', bulk, name .. ':uncounted', 1) end
end
local function note_verdicts(bulk, verdicts, kind, list)
  for _, one in ipairs(list) do
    if redis.call('HSETNX', verdicts, one.number, one.line) == 1 then
      count_verdict(bulk, kind .. ':' .. one.result, one.won)
      if one.rule then count_verdict(bulk, kind .. '-by-rule:' .. one.result .. '/' .. one.rule, one.won) end
      if one.asked then redis.call('HINCRBY', bulk, 'asked', 1) end
    end
  end
end
