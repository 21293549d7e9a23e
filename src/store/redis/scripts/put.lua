-- put: stores a value.
-- KEYS   data, keep, leases; for a session also its held:<sid>; for an ephemeral value also s:<sid>
-- ARGV   path, value, lifetime (e, p or t), if absent (0 or 1), term (ms), generation, sid (empty: of no session)
-- reply  1: stored, 0: there is a living value; LOST, STALE
-- keeps  a path lies in `data` or in `keep`; an ephemeral value is in `held` of its session, and no longer when the same session
--        replaces it
--@include time
--@include gone
--@include alive
--@include life
--@include living

local path, value, life, sid = ARGV[1], ARGV[2], ARGV[3], ARGV[7]
if life == 'e' then
    local found = redis.call('GET', KEYS[5])
    if found ~= ARGV[6] then
        return gone(found)
    end
end

-- All that may be written is read first: what fails for a key of another type fails before the first write.
local _, now = time()
local old = redis.call('HGET', KEYS[1], path)
local kept = redis.call('HEXISTS', KEYS[2], path) == 1
redis.call('ZCARD', KEYS[3])
if KEYS[4] then
    redis.call('SCARD', KEYS[4])
end

if ARGV[4] == '1' and life == 'e' and old == 'e' .. sid .. value then
    return 1  -- by an earlier try
end
if ARGV[4] == '1' and (kept or (old and living(KEYS[3], old, now))) then
    return 0
end

local term = 'd\0' .. path
if life == 'p' then
    redis.call('HSET', KEYS[2], path, value)
    redis.call('HDEL', KEYS[1], path)
elseif life == 'e' then
    redis.call('HSET', KEYS[1], path, 'e' .. sid .. value)
    redis.call('SADD', KEYS[4], 'e' .. path)
    redis.call('HDEL', KEYS[2], path)
    share(KEYS[3], now, {KEYS[1], KEYS[4]})
else
    local deadline = now + ARGV[5]
    redis.call('HSET', KEYS[1], path, 't' .. string.format('%013d', deadline) .. value)
    redis.call('ZADD', KEYS[3], deadline, term)
    redis.call('HDEL', KEYS[2], path)
    extend(deadline + linger, {KEYS[1], KEYS[3]})
end
if life ~= 't' and old and string.sub(old, 1, 1) == 't' then
    redis.call('ZREM', KEYS[3], term)
end
if life ~= 'e' and KEYS[4] and old and string.sub(old, 1, 17) == 'e' .. sid then
    redis.call('SREM', KEYS[4], 'e' .. path)
end
return 1
