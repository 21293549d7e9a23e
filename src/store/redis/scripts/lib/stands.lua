-- Whether a claim stands: of `lock` (the lock, its record, kind empty), or of a place (its id, its fence, kind s or f).
local function stands(k, name, what, kind, now)
    if kind == '' then
        local record = redis.call('HGET', k.locks, name)
        return record and string.lower(string.sub(record, 1, 1)) .. string.sub(record, 2) == what
    end
    local record = redis.call('HGET', k.places, name)
    return record and string.sub(record, 1, 1) == 'g' and string.sub(record, 3, 3) == kind and string.sub(record, 4, 19) == what
           and (kind == 's' or alive(k.leases, 'w\0' .. name, now))
end
