-- The server's time, the earliest deadline (false: none) and the number of leases.
local function horizon(leases, now)
    local first = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')
    return now, first[2] and tonumber(first[2]) or false, redis.call('ZCARD', leases)
end
