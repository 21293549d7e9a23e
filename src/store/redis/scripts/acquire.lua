-- acquire: takes one or several locks, all or none, in any mode; or stands in line for them.
-- KEYS   s:<sid>, held:<sid>, locks, queue, places, shares, leases, fence, epoch, members, events, last
-- ARGV   generation, sid, place (16 digits), wait (0 or 1), mode (x, r, p), kind (s, f), term (ms), limit, fences, confirmed, owner, value, prefix,
--        locks
-- reply  the (first) fence, if granted; WAITING; {until when its holder is surely in the way, or 0}, if not; LOST, STALE
-- keeps  first come, first served; one step for all locks; asked again with the same place, the same answer, and what has become
--        possible meanwhile is done; nothing is half-done if a key is of another type
--@include time
--@include gone
--@include alive
--@include life
--@include text
--@include event
--@include quarantine
--@include fence
--@include place
--@include role
--@include line

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end

local k = {held = KEYS[2], locks = KEYS[3], queue = KEYS[4], places = KEYS[5], shares = KEYS[6], leases = KEYS[7], fence = KEYS[8],
           epoch = KEYS[9], members = KEYS[10], events = KEYS[11], last = KEYS[12], prefix = ARGV[13],
           granted = {}, changes = {}, records = {}, unwritten = {}}
redis.call('SCARD', k.held)
local us, now = time()
local id = ARGV[2] .. ARGV[3]
local names = {unpack(ARGV, 14)}
check_types(k, names[1])

local function answer(place)
    if not place.granted then
        return redis.status_reply('WAITING')
    end
    return place.number
end

local place = read_place(k, id)
if place and not place.granted then
    serve(k, names, us, now)
    tell(k, us, now)
    return answer(read_place(k, id))
end
if place and alive(k.leases, lease_of(id, place.kind), now) then
    if place.kind == 'f' then
        start_term(k, place, now)
    end
    return answer(place)
end
if place then
    end_place(k, place)  -- its term is over
    serve(k, names, us, now)
end

local busy_until = quarantined(k.leases, now)
local confirmed = tonumber(ARGV[10])
if confirmed ~= 0 then
    busy_until = not busy_until and 0 or nil
end
for _, lock in ipairs(names) do
    local record = lock_record(k, lock)
    if record and is_waited_for(record) then
        serve(k, {lock}, us, now)  -- who waits may be dead
        record = lock_record(k, lock)
    end
    local until_when = in_the_way(k, lock, ARGV[5], tonumber(ARGV[8]), now)
    if record and is_waited_for(record) and confirmed == 0 then
        until_when = until_when or 0
    end
    busy_until = until_when and math.max(busy_until or 0, until_when) or busy_until
end

if busy_until and ARGV[4] == '0' then
    tell(k, us, now)
    return {busy_until}
end

place = {id = id, sid = ARGV[2], mode = ARGV[5], kind = ARGV[6], term = tonumber(ARGV[7]), limit = tonumber(ARGV[8]),
         fences = tonumber(ARGV[9]), since = string.format('%013d', now), owner = ARGV[11], value = ARGV[12], names = names}

if busy_until then
    write_place(k, place, false, next_fence(k, 1, us, now))
    for _, lock in ipairs(names) do
        redis.call('ZADD', k.queue, 0, entry_in_line(lock, place))
        mark(k, lock, true)
    end
    tell_of_term(k)
else
    write_place(k, place, true, confirmed ~= 0 and confirm_fence(k, confirmed, place.fences) or next_fence(k, place.fences, us, now))
    hold(k, place, now)
    if place.kind == 'f' then
        write_records(k)
        start_term(k, place, now)
    end
end
if busy_until or place.kind == 's' then
    redis.call('SADD', k.held, 'w' .. ARGV[3])
end
share(k.leases, now, {k.queue, k.places})
tell(k, us, now)
return answer(place)
