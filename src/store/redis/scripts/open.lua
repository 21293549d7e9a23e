#!lua flags=allow-oom
-- open: makes a session, or resumes one under a new generation.
-- KEYS   s:<sid>, leases, held:<sid>, locks, fence, epoch, members, data, events, last, queue, places, shares, channel
-- ARGV   sid, generation, ttl (ms), resume (0 or 1), fence floor, a random epoch
-- reply  {epoch, now, next deadline or nil, number of leases}; LOST: nothing to resume, STALE: resumed by a newer connection
-- keeps  a session is in `s:` and in `leases` until the same millisecond; later fences are larger than any seen
--@include time
--@include gone
--@include life
--@include horizon
--@include event

local found = redis.call('GET', KEYS[1])
if not found and ARGV[4] == '1' then
    return gone(found)
end
-- The newest generation is there, after a `!` if a lock was taken from it by force.
if found and tonumber(string.match(found, '%d+') or 0) > tonumber(ARGV[2]) then
    return gone(found)  -- it was delayed in an old connection; a newer one has the session
end

local us, now = time()
local deadline = now + ARGV[3]
local fence = math.max(tonumber(redis.call('GET', KEYS[5]) or 0), tonumber(ARGV[5]), us)

-- Each fails here if it is of another type: nothing is half-done.
redis.call('ZCARD', KEYS[2])
redis.call('SCARD', KEYS[3])
redis.call('HLEN', KEYS[4])
redis.call('GET', KEYS[6])

-- A key is gone once its expiry time has passed, a lease at its deadline: hence one less.
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', string.format('%d', deadline - 1))
redis.call('ZADD', KEYS[2], deadline, ARGV[1])
redis.call('SADD', KEYS[3], '.')
redis.call('HSET', KEYS[4], '', '')
redis.call('SET', KEYS[5], string.format('%d', fence), 'KEEPTTL')
redis.call('SET', KEYS[6], ARGV[6], 'NX', 'KEEPTTL')
extend(deadline + fence_linger, {KEYS[5]})
extend(deadline + linger, {unpack(KEYS, 2, 13)})

-- Those who wait for the next death may know only of later ones.
local _, first, leases = horizon(KEYS[2], now)
if not found and first == deadline and leases > 1 and may_publish(KEYS[14]) then
    publish(KEYS[14], look)
end
return {redis.call('GET', KEYS[6]), now, first, leases}
