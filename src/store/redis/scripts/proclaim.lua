-- proclaim: gives the leader in a role another value.
-- KEYS   s:<sid>, places, members, leases, events, last
-- ARGV   generation, id of his place, fence, role (as a lock), value, prefix
-- reply  1, or 0: the claim does not stand; LOST, STALE
-- keeps  only who leads can; what has changed is in one event
--@include time
--@include gone
--@include life
--@include text
--@include event
--@include place
--@include role

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end
if not may_publish(ARGV[6] .. 'ev') then
    return not_allowed()
end

local k = {places = KEYS[2], members = KEYS[3], leases = KEYS[4], events = KEYS[5], last = KEYS[6]}
local place = read_place(k, ARGV[2])
local field = place and ARGV[4] .. '\0' .. place.sid
local old = place and redis.call('HGET', k.members, field)
if not old or not place.granted or place.number ~= tonumber(ARGV[3]) or place.names[1] ~= ARGV[4] then
    return 0
end
if place.value == ARGV[5] then
    return 1
end

local us, now = time()
place.value = ARGV[5]
local joined, value = string.sub(old, 1, 13), leader_value(place)
local event = record(k.events, k.last, us, '*' .. text(ARGV[4]) .. place.sid .. joined .. text(value))
write_place(k, place, true, place.number)
redis.call('HSET', k.members, field, joined .. value)
share(k.leases, now, {k.events, k.last})
publish(ARGV[6] .. 'ev', event)
return 1
