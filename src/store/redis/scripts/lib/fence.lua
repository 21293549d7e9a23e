-- The first of `count` new fences. Less than 10^15 means that the key was evicted or has expired: the time is ahead of all there were. Or that
-- it is negative, as it is kept during a quarantine (lib/quarantine): so `lock` takes the way on which it sees that.
local function next_fence(k, count, us, now)
    local last = tonumber(redis.call('GET', k.fence) or 0)
    if last >= 1000000000000000 then
        return redis.call('INCRBY', k.fence, count) - count + 1
    end
    local first = math.max(1 - last, us)
    last = first + count - 1
    redis.call('SET', k.fence, string.format('%d', quarantined(k.leases, now) and -last or last), 'KEEPTTL')
    extend(now + fence_linger, {k.fence})
    return first
end

-- Fences of before the change of epoch: those to come are larger.
local function confirm_fence(k, first, count)
    local last = tonumber(redis.call('GET', k.fence) or 0)
    redis.call('SET', k.fence, string.format('%d', -math.max(math.abs(last), first + count - 1)), 'KEEPTTL')
    return first
end
