-- The line of those who wait for a lock, and who holds it. A record in `locks` begins with a small letter, or with a capital one
-- while somebody waits: s and x one holder, r readers, p permits, W nobody, but somebody waits (for other locks too, say).
-- Each step sees what the ones before it did to a record: `k.records` holds those that were read or set. What was done is written and told at the
-- end, by `tell`.

-- Fails before anything is written if a key is of another type. `lock`: what this is all about; none: any locks.
local function check_types(k, lock)
    redis.call('HLEN', k.places)
    redis.call('ZCARD', k.queue)
    redis.call('ZCARD', k.shares)
    redis.call('ZCARD', k.leases)
    redis.call('GET', k.fence)
    if not lock then
        redis.call('HLEN', k.locks)
    end
    if k.members and not (lock and not is_role(lock)) then
        redis.call('HLEN', k.members)
        redis.call('XLEN', k.events)
        redis.call('GET', k.last)
    end
end

local function lock_record(k, lock)
    if k.records[lock] == nil then
        k.records[lock] = redis.call('HGET', k.locks, lock)
    end
    return k.records[lock]
end

-- False: none.
local function set_record(k, lock, record)
    if k.records[lock] ~= record and not k.unwritten[lock] then
        k.unwritten[lock] = true
        table.insert(k.unwritten, lock)
    end
    k.records[lock] = record
end

local function write_records(k)
    for _, lock in ipairs(k.unwritten) do
        if k.records[lock] then
            redis.call('HSET', k.locks, lock, k.records[lock])
        else
            redis.call('HDEL', k.locks, lock)
        end
    end
    k.unwritten = {}
end

local function range_of(lock)
    return '[' .. lock .. '\0', '(' .. lock .. '\1'
end

local function entry_in_line(lock, place)
    return lock .. '\0' .. string.format('%016d', place.number) .. place.id
end

-- Who has waited longest for a lock: its entry and id.
local function first_in_line(k, lock)
    local from, to = range_of(lock)
    local entry = redis.call('ZRANGE', k.queue, from, to, 'BYLEX', 'LIMIT', 0, 1)[1]
    return entry, entry and string.sub(entry, -32)
end

-- Sets whether somebody waits for a lock.
local function mark(k, lock, waited)
    local record = lock_record(k, lock) or 'w'
    local letter = string.sub(record, 1, 1)
    local wanted = waited and string.upper(letter) or string.lower(letter)
    set_record(k, lock, wanted ~= 'w' and wanted .. string.sub(record, 2))
end

local function is_waited_for(record)
    return string.find(record, '^%u') ~= nil
end

-- Nobody holds it any more.
local function vacate(k, lock, record)
    set_record(k, lock, is_waited_for(record) and 'W')
end

-- Until when the holders of a lock are surely in the way of somebody who wants it in this mode; nil: they are not; 0: not known.
local function in_the_way(k, lock, mode, limit, now)
    local record = lock_record(k, lock)
    local kind = record and string.lower(string.sub(record, 1, 1)) or 'w'
    if kind == 'w' then
        return nil
    elseif kind == 's' then
        return alive(k.leases, string.sub(record, 2, 17), now)
    elseif kind == 'x' then
        return alive(k.leases, lease_of(string.sub(record, 2, 33), string.sub(record, 34)), now)
    elseif kind == 'r' and mode == 'r' then
        return nil
    end
    local allowed = kind == mode and limit - 1 or 0  -- besides whom it can be had
    local from, to = range_of(lock)
    if redis.call('ZLEXCOUNT', k.shares, from, to) <= allowed then
        return nil
    end
    local living = 0
    if redis.call('ZCOUNT', k.leases, '-inf', now) > 0 then  -- else they all live
        for _, share in ipairs(redis.call('ZRANGE', k.shares, from, to, 'BYLEX')) do
            living = living + (alive(k.leases, lease_of(string.sub(share, -33, -2), string.sub(share, -1)), now) and 1 or 0)
            if living > allowed then
                return 0
            end
        end
        return nil
    end
    return 0
end

-- Writes down that a place holds its locks.
local function hold(k, place, now)
    for _, lock in ipairs(place.names) do
        local record = lock_record(k, lock) or 'w'
        local letter = is_waited_for(record) and string.upper(place.mode) or place.mode
        if place.mode == 'x' then
            set_record(k, lock, letter .. place.id .. place.kind)
            if is_role(lock) then
                renounce(k, lock, string.sub(record, 2, 17))  -- the dead one
                announce(k, lock, place, now)
            end
        else
            set_record(k, lock, letter)
            redis.call('ZADD', k.shares, 0, lock .. '\0' .. place.id .. place.kind)
            share(k.leases, now, {k.shares})
        end
    end
end

-- Takes a place away, waiting or granted. Its locks are to be served then. What names it in `held` is for the caller.
local function end_place(k, place)
    for _, lock in ipairs(place.names) do
        local record = lock_record(k, lock) or 'w'
        if not place.granted then
            redis.call('ZREM', k.queue, entry_in_line(lock, place))
        elseif place.mode ~= 'x' then
            redis.call('ZREM', k.shares, lock .. '\0' .. place.id .. place.kind)
            -- (A dead reader may be left when the last permit goes, and the other way round.)
            if string.find(record, '^[rRpP]') and redis.call('ZLEXCOUNT', k.shares, range_of(lock)) == 0 then
                vacate(k, lock, record)
            end
        elseif string.sub(record, 2) == place.id .. place.kind then
            vacate(k, lock, record)
            if is_role(lock) then
                renounce(k, lock, place.sid)
            end
        end
    end
    if place.granted and place.kind == 'f' then
        redis.call('ZREM', k.leases, lease_of(place.id, 'f'))
    end
    redis.call('HDEL', k.places, place.id)
end

local function grant(k, place, us, now)
    for _, lock in ipairs(place.names) do
        redis.call('ZREM', k.queue, entry_in_line(lock, place))
    end
    write_place(k, place, true, next_fence(k, place.fences, us, now))
    hold(k, place, now)
    if place.kind == 'f' then
        write_records(k)
        start_term(k, place, now)
    end
    table.insert(k.granted, place)
end

-- Whether a place that has waited longest for one lock can have all of its locks: it has waited longest for each, and nobody is in the way.
local function can_have(k, place, known, now)
    if quarantined(k.leases, now) then
        return false
    end
    for _, lock in ipairs(place.names) do
        local first = lock == known and place.id or select(2, first_in_line(k, lock))
        if first ~= place.id or in_the_way(k, lock, place.mode, place.limit, now) then
            return false
        end
    end
    return true
end

-- Lets in whoever can be let in, and sends away the dead. Beyond `most` steps the rest is for whoever comes next: those who wait ask
-- again now and then.
local most = 1000
local function serve(k, locks, us, now)
    local steps = 0
    local pending = {}
    for i = #locks, 1, -1 do
        table.insert(pending, locks[i])
    end
    while #pending > 0 and steps < most do
        local lock = table.remove(pending)
        local entry, id = first_in_line(k, lock)
        while id and steps < most do
            steps = steps + 1
            local place = read_place(k, id)
            local dead = not place or not alive(k.leases, place.sid, now)
            if not dead and not can_have(k, place, lock, now) then
                break
            elseif not place then
                redis.call('ZREM', k.queue, entry)
            else
                if dead then
                    end_place(k, place)
                else
                    grant(k, place, us, now)
                end
                for _, other in ipairs(place.names) do
                    if other ~= lock then
                        table.insert(pending, other)
                    end
                end
            end
            entry, id = first_in_line(k, lock)
        end
        mark(k, lock, id ~= nil)
    end
end

-- If a term is what ends next: those who wait for the next death may know only of later ones.
local function tell_of_term(k)
    local first = redis.call('ZRANGE', k.leases, 0, 0)[1]
    if first and string.byte(first, 2) == 0 and may_publish(k.prefix .. 'ev') then
        publish(k.prefix .. 'ev', look)
    end
end

-- To each session that got what it waited for, on its own channel: the number of its place and the fence. Then to all, who leads now.
local function tell(k, us, now)
    write_records(k)
    local terms = false
    for _, place in ipairs(k.granted) do
        local channel = k.prefix .. 's:' .. place.sid
        if may_publish(channel) then
            publish(channel, string.sub(place.id, 17) .. string.format('%016d', place.number))
        end
        terms = terms or place.kind == 'f'
    end
    if terms then
        tell_of_term(k)
    end
    tell_roles(k, us, now)
end
