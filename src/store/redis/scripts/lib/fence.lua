-- The first of `count` new fences. Less than 10^15 means that the key was evicted or has expired: the time is ahead of all there were.
local function next_fence(key, count, us, now)
    local first = redis.call('INCRBY', key, count) - count + 1
    if first < 1000000000000000 then
        first = us
        redis.call('SET', key, string.format('%d', us + count - 1), 'KEEPTTL')
        extend(now + fence_linger, {key})
    end
    return first
end
