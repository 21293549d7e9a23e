#!lua flags=allow-oom
-- unlock: gives a lock back that `lock` has granted, if its record is the claim; who is next gets it.
-- KEYS   locks, held:<sid>, queue, places, shares, leases, fence, epoch
-- ARGV   lock, the claim as a record, its name in held:<sid>, prefix
-- reply  1: released, 0: the claim does not stand
-- keeps  nobody else's acquisition is released; works while memory is short
local call = redis.call
local found = call('HGET', KEYS[1], ARGV[1])
if found == ARGV[2] then
    call('SREM', KEYS[2], ARGV[3])
    call('HDEL', KEYS[1], ARGV[1])
    return 1
end
if not found or found ~= 'S' .. string.sub(ARGV[2], 2) then
    return 0
end

--@include time
--@include alive
--@include life
--@include text
--@include event
--@include quarantine
--@include fence
--@include place
--@include role
--@include line

local k = {locks = KEYS[1], queue = KEYS[3], places = KEYS[4], shares = KEYS[5], leases = KEYS[6], fence = KEYS[7], epoch = KEYS[8],
           prefix = ARGV[4], granted = {}, changes = {}}
local us, now = time()
check_types(k)
call('SREM', KEYS[2], ARGV[3])
vacate(k, ARGV[1], found)
serve(k, {ARGV[1]}, us, now)
tell(k, us, now)
return 1
