-- inspect: who holds a lock.
-- KEYS   locks, leases
-- ARGV   lock
-- reply  {now}: free, or the holder is dead; {now, lock, record, deadline}: held
--@include time
--@include alive

local _, now = time()
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
    return {now}
end
local lease = string.sub(record, 1, 1) == 'f' and 'k\0' .. ARGV[1] or string.sub(record, 2, 17)
local deadline = alive(KEYS[2], lease, now)
if not deadline then
    return {now}
end
return {now, ARGV[1], record, deadline}
