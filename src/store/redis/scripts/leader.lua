-- leader: who leads in a role, if he lives.
-- KEYS   locks, members, leases
-- ARGV   role (as a lock)
-- reply  {now}, or {now, deadline, field and record of the member that stands for him}
--@include time
--@include alive

local _, now = time()
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record or string.lower(string.sub(record, 1, 1)) ~= 'x' then
    return {now}
end
local sid = string.sub(record, 2, 17)
local deadline = alive(KEYS[3], sid, now)
local field = ARGV[1] .. '\0' .. sid
local found = redis.call('HGET', KEYS[2], field)
if not deadline or not found then
    return {now}
end
return {now, deadline, field, found}
