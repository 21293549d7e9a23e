#!lua flags=allow-oom
-- erase: removes a path.
-- KEYS   data, keep, leases
-- ARGV   path
-- reply  1 if it had a living value, else 0
--@include time
--@include alive
--@include living

local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
    return redis.call('HDEL', KEYS[2], ARGV[1])
end
local _, now = time()
local had = living(KEYS[3], record, now)
redis.call('HDEL', KEYS[1], ARGV[1])
if string.sub(record, 1, 1) == 't' then
    redis.call('ZREM', KEYS[3], 'd\0' .. ARGV[1])
end
return had and 1 or 0
