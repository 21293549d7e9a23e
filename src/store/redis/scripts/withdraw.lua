#!lua flags=allow-oom
-- withdraw: ends a place, whether it waits or was granted; who is next gets what it held.
-- KEYS   s:<sid>, held:<sid>, locks, queue, places, shares, leases, fence, epoch, members, events, last
-- ARGV   generation, sid, place (16 digits), prefix
-- reply  2: it was granted, 1: it waited, 0: there was none; STALE
-- keeps  works for a session that is gone, and while memory is short; of a session that lives, only its newest generation can
--@include time
--@include alive
--@include gone
--@include life
--@include text
--@include event
--@include quarantine
--@include fence
--@include place
--@include role
--@include line

local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] then
    return gone(found)
end

local k = {locks = KEYS[3], queue = KEYS[4], places = KEYS[5], shares = KEYS[6], leases = KEYS[7], fence = KEYS[8], epoch = KEYS[9],
           members = KEYS[10], events = KEYS[11], last = KEYS[12], prefix = ARGV[4],
           granted = {}, changes = {}, records = {}, unwritten = {}}
local place = read_place(k, ARGV[2] .. ARGV[3])
if not place then
    return 0
end
check_types(k, place.names[1])
local us, now = time()
redis.call('SREM', KEYS[2], 'w' .. ARGV[3])
end_place(k, place)
serve(k, place.names, us, now)
tell(k, us, now)
return place.granted and 2 or 1
