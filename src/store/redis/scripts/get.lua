-- get: the living value of a path.
-- KEYS   data, keep, leases
-- ARGV   path
-- reply  the value, or nil
--@include time
--@include alive
--@include living

local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
    return redis.call('HGET', KEYS[2], ARGV[1])
end
local _, now = time()
if not living(KEYS[3], record, now) then
    return false
end
return string.sub(record, string.sub(record, 1, 1) == 't' and 15 or 18)
