-- The server's clock: microseconds and milliseconds since 1970. Both are exact in a double.
local function time()
    local t = redis.call('TIME')
    local us = t[1] * 1000000 + t[2]
    return us, math.floor(us / 1000)
end
