-- Library: the version beside a body that cannot be read, which may be garbage, too; then it is 0, as in storedVersion.
local function whole_version(text)
  local number = tonumber(text)
  if not number or number ~= math.floor(number) or number < 0 or number > 9e15 then return 0 end
  return number
end
