-- The server's time, the earliest deadline (false: none) and the number of leases: of all, or of those that last for two thirds
-- of `ttl` at least and no longer than `ttl`. They are sessions with that ttl, or about, renewed within a third of it.
local function horizon(leases, now, ttl)
    local first = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')
    local count = ttl and redis.call('ZCOUNT', leases, now + ttl - math.floor(ttl / 3), now + ttl) or redis.call('ZCARD', leases)
    return now, first[2] and tonumber(first[2]) or false, count
end
