-- put: stores a value.
-- KEYS   data, keep, leases; for an ephemeral value also s:<sid>, held:<sid>
-- ARGV   path, value, lifetime (e, p or t), if absent (0 or 1), term (ms); for an ephemeral value also generation, sid
-- reply  1: stored, 0: there is a living value; LOST, STALE
-- keeps  a path lies in `data` or in `keep`; an ephemeral value is in `held` of its session
--@include time
--@include gone
--@include alive
--@include life
--@include living

local path, value, life = ARGV[1], ARGV[2], ARGV[3]
if life == 'e' then
    local found = redis.call('GET', KEYS[4])
    if found ~= ARGV[6] then
        return gone(found)
    end
end

local _, now = time()
local old = redis.call('HGET', KEYS[1], path)
if ARGV[4] == '1' and life == 'e' and old == 'e' .. ARGV[7] .. value then
    return 1  -- by an earlier try
end
if ARGV[4] == '1' and ((old and living(KEYS[3], old, now)) or redis.call('HEXISTS', KEYS[2], path) == 1) then
    return 0
end

local term = 'd\0' .. path
if life == 'p' then
    redis.call('HSET', KEYS[2], path, value)
    redis.call('HDEL', KEYS[1], path)
elseif life == 'e' then
    redis.call('HSET', KEYS[1], path, 'e' .. ARGV[7] .. value)
    redis.call('SADD', KEYS[5], 'e' .. path)
    redis.call('HDEL', KEYS[2], path)
    share(KEYS[3], now, {KEYS[1], KEYS[5]})
else
    local deadline = now + ARGV[5]
    redis.call('HSET', KEYS[1], path, 't' .. string.format('%013d', deadline) .. value)
    redis.call('ZADD', KEYS[3], deadline, term)
    redis.call('HDEL', KEYS[2], path)
    extend(string.format('%d', deadline + linger), {KEYS[1], KEYS[3]})
end
if life ~= 't' and old and string.sub(old, 1, 1) == 't' then
    redis.call('ZREM', KEYS[3], term)
end
return 1
