#!lua flags=allow-oom
-- erase: removes a path.
-- KEYS   data, keep, leases; for a session also its held:<sid>
-- ARGV   path, and the session's id
-- reply  1 if it had a living value, else 0
-- keeps  what the session erases of its own is no longer in its `held`
--@include time
--@include alive
--@include living

local path, sid = ARGV[1], ARGV[2]
local record = redis.call('HGET', KEYS[1], path)
if not record then
    return redis.call('HDEL', KEYS[2], path)
end
local _, now = time()
local had = living(KEYS[3], record, now)
if string.sub(record, 1, 1) == 't' then
    redis.call('ZREM', KEYS[3], 'd\0' .. path)
elseif sid and string.sub(record, 1, 17) == 'e' .. sid then
    redis.call('SREM', KEYS[4], 'e' .. path)
end
redis.call('HDEL', KEYS[1], path)  -- last: those before fail for a key of another type
return had and 1 or 0
