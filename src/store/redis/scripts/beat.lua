#!lua flags=allow-oom
-- beat: renews the session's lease.
-- KEYS   s:<sid>, leases, last, beats; to touch them also fence, held:<sid> and the other containers
-- ARGV   generation, sid, ttl (ms)
-- reply  {revision of the newest event, how often leases were made or renewed, now, next deadline or nil, number of leases that were renewed lately}; LOST, STALE
-- keeps  a session is in `s:` and in `leases` until the same millisecond; works while memory is short
--@include time
--@include gone
--@include life
--@include horizon

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end

local _, now = time()
local deadline = now + ARGV[3]
local last = tonumber(redis.call('GET', KEYS[3]) or 0)
local is_new = redis.call('ZADD', KEYS[2], deadline, ARGV[2]) == 1  -- `leases` itself may be new, and without a life
local counted = redis.pcall('INCR', KEYS[4])
local beats = type(counted) == 'number' and counted or 0  -- of another type: no reason to end a lease
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', string.format('%d', deadline - 1))
if KEYS[5] then
    extend(deadline + fence_linger, {KEYS[5]})
    extend(deadline + linger, {unpack(KEYS, 2)})
elseif is_new or beats == 1 then
    extend(deadline + linger, {KEYS[2], KEYS[4]})
end

return {last, beats, horizon(KEYS[2], now, ARGV[3])}
