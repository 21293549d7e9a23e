#!lua flags=allow-oom
-- force: takes locks from whoever holds them as the claim says; who is next gets them.
-- KEYS   s:<sid> and held:<sid> of the holder, locks, queue, places, shares, leases, fence, epoch, members, events, last
-- ARGV   prefix, the claim's name in held:<sid>, then for one of `lock`: lock and record; for a place: its id, its fence, and one more
-- reply  1: released, 0: the claim does not stand
-- keeps  the holder becomes stale, so that it resumes and verifies what it has; older generations of it stay stale
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

local k = {locks = KEYS[3], queue = KEYS[4], places = KEYS[5], shares = KEYS[6], leases = KEYS[7], fence = KEYS[8], epoch = KEYS[9],
           members = KEYS[10], events = KEYS[11], last = KEYS[12], prefix = ARGV[1],
           granted = {}, changes = {}, records = {}, unwritten = {}}
local generation = redis.call('GET', KEYS[1])
redis.call('SCARD', KEYS[2])
check_types(k)
local us, now = time()
local locks
if ARGV[5] then
    local place = read_place(k, ARGV[3])
    if not place or not place.granted or place.number ~= tonumber(ARGV[4]) then
        return 0
    end
    locks = place.names
    end_place(k, place)
else
    local found = redis.call('HGET', k.locks, ARGV[3])
    if not found or string.lower(string.sub(found, 1, 1)) .. string.sub(found, 2) ~= ARGV[4] then
        return 0
    end
    locks = {ARGV[3]}
    vacate(k, ARGV[3], found)
end
redis.call('SREM', KEYS[2], ARGV[2])
if generation then
    redis.call('SET', KEYS[1], '!' .. string.match(generation, '%d*$'), 'KEEPTTL')
end
serve(k, locks, us, now)
tell(k, us, now)
return 1
