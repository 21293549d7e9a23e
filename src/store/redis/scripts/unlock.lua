#!lua flags=allow-oom
-- unlock: gives a lock back that `lock` has granted, if its record is the claim; who is next gets it.
-- KEYS   locks, held:<sid>; to hand it over: queue, places, shares, leases, fence, epoch
-- ARGV   lock, the claim as a record, its name in held:<sid>; to hand it over: prefix
-- reply  1: released, 0: the claim does not stand; WAITED: somebody waits, ask again with all keys
-- keeps  nobody else's acquisition is released; works while memory is short
local call, keys, argv = redis.call, KEYS, ARGV
local found = call('HGET', keys[1], argv[1])
if found == argv[2] then
    call('SREM', keys[2], argv[3])
    call('HDEL', keys[1], argv[1])
    return 1
end
if not found or found ~= 'S' .. string.sub(argv[2], 2) then
    return 0
end
if #keys == 2 then
    return redis.status_reply('WAITED')
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
           prefix = ARGV[4],
           granted = {}, changes = {}, records = {}, unwritten = {}}
local us, now = time()
check_types(k, ARGV[1])
call('SREM', KEYS[2], ARGV[3])
vacate(k, ARGV[1], found)
serve(k, {ARGV[1]}, us, now)
tell(k, us, now)
return 1
