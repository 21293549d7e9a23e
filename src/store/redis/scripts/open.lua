#!lua flags=allow-oom
-- open: makes a session, or resumes one under a new generation.
-- KEYS   s:<sid>, leases, held:<sid>, locks, fence, epoch, members, data, events, last, queue, places, shares, beats, channel
-- ARGV   sid, generation, ttl (ms), resume (0 or 1), fence floor, a random epoch, the epoch known before or empty
-- reply  {epoch, how often leases were made or renewed, now, next deadline or nil, number of leases that were renewed lately}; LOST: nothing to resume, STALE: resumed by a newer connection
-- keeps  a session is in `s:` and in `leases` until the same millisecond; later fences are larger than any seen; after a change of epoch
--        that somebody knows of, nobody gets a lock for a ttl; an epoch older than one that was known (a snapshot was restored) ends
--@include time
--@include gone
--@include life
--@include horizon
--@include alive
--@include quarantine
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
local fence = math.max(math.abs(tonumber(redis.call('GET', KEYS[5]) or 0)), tonumber(ARGV[5]), us)

-- Each fails here if it is of another type: nothing is half-done.
redis.call('ZCARD', KEYS[2])
redis.call('SCARD', KEYS[3])
redis.call('HLEN', KEYS[4])
redis.call('GET', KEYS[6])
local beats = redis.call('INCR', KEYS[14])

-- A key is gone once its expiry time has passed, a lease at its deadline: hence one less.
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', string.format('%d', deadline - 1))
redis.call('ZADD', KEYS[2], deadline, ARGV[1])
redis.call('SADD', KEYS[3], '.')
redis.call('HSET', KEYS[4], '', '')
local function began(epoch)
    return tonumber(string.match(string.sub(epoch, 1, 13), '^%d+$') or 0)
end
local fresh = string.format('%013d', now) .. ARGV[6]
redis.call('SET', KEYS[6], fresh, 'NX', 'KEEPTTL')
local epoch = redis.call('GET', KEYS[6])
if ARGV[7] ~= epoch and began(ARGV[7]) > began(epoch) then
    redis.call('SET', KEYS[6], fresh, 'KEEPTTL')
    epoch = fresh
end

-- Who had a lock before the change had his last beat before the new epoch began.
local ends = began(epoch) + ARGV[3]
local begins = ARGV[7] ~= '' and ARGV[7] ~= epoch and ends > now
if begins then
    redis.call('ZADD', KEYS[2], 'GT', ends, quarantine)
end
redis.call('SET', KEYS[5], string.format('%d', quarantined(KEYS[2], now) and -fence or fence), 'KEEPTTL')
extend(deadline + fence_linger, {KEYS[5]})
extend(deadline + linger, {unpack(KEYS, 2, 14)})

-- Those who wait for the next death may know only of later ones.
local _, first, leases = horizon(KEYS[2], now, ARGV[3])
if ((not found and first == deadline and redis.call('ZCARD', KEYS[2]) > 1) or (begins and first == ends)) and may_publish(KEYS[15]) then
    publish(KEYS[15], look)
end
return {epoch, beats, now, first, leases}
