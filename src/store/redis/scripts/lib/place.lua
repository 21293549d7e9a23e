-- Places: who waits for locks, or got them otherwise than by `lock`. A place is named by its session and a number of that session:
-- 32 characters, its `id`. It is `waiting`, then `granted`, then gone. docs/protocol.md tells its record.
local function read_place(k, id)
    local record = redis.call('HGET', k.places, id)
    if not record then
        return nil
    end
    local place = {id = id, sid = string.sub(id, 1, 16), since = string.sub(record, 20, 32),
                   granted = string.sub(record, 1, 1) == 'g', mode = string.sub(record, 2, 2), kind = string.sub(record, 3, 3),
                   number = tonumber(string.sub(record, 4, 19)), term = tonumber(string.sub(record, 33, 45)),
                   limit = tonumber(string.sub(record, 46, 55)), fences = tonumber(string.sub(record, 56, 60)), names = {}}
    local at = 61
    while at <= #record do
        local colon = string.find(record, ':', at, true)
        local ends = colon + tonumber(string.sub(record, at, colon - 1))
        table.insert(place.names, string.sub(record, colon + 1, ends))
        at = ends + 1
    end
    place.owner, place.value = table.remove(place.names, 1), table.remove(place.names, 1)
    return place
end

local function write_place(k, place, granted, number)
    place.granted, place.number = granted, number
    local record = (granted and 'g' or 'w') .. place.mode .. place.kind .. string.format('%016d', number) .. place.since
                   .. string.format('%013d%010d%05d', place.term, place.limit, place.fences) .. text(place.owner) .. text(place.value)
    for _, lock in ipairs(place.names) do
        record = record .. text(lock)
    end
    redis.call('HSET', k.places, place.id, record)
end

-- What a place that is granted lives by: its session, or a term of its own.
local function lease_of(id, kind)
    return kind == 'f' and 'w\0' .. id or string.sub(id, 1, 16)
end

local function start_term(k, place, now)
    redis.call('ZADD', k.leases, now + place.term, lease_of(place.id, 'f'))
    extend(now + place.term + linger, {k.leases, k.locks, k.places, k.shares, k.epoch})
    extend(now + place.term + fence_linger, {k.fence})
end
