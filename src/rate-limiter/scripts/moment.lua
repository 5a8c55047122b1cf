-- Library: moments of the rate limiter, in microseconds of Redis' own clock.
local LONGEST_THROTTLE_US = 300000000

local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- A stored moment; 0 where there is none. One that lies further ahead than `longest` was written while the clock was
-- ahead: it is not believed, or one wrong reading would stop every call for as long as the clock was wrong.
local function moment(stored, now, longest)
  local at = tonumber(stored) or 0
  return at - now > longest and 0 or at
end

local function text(us) return string.format('%.0f', us) end
