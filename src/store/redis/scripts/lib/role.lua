-- Roles: locks whose name begins with \1. Who gets or loses one is announced as a member of that name: its record holds the fence, the
-- owner and the value of the candidate. What changes is gathered in `k.changes`; `tell_roles` makes an event of it, after everything else, or
-- several of about 1 MiB.
local function is_role(lock)
    return string.byte(lock, 1) == 1
end

local function leader_value(place)
    return string.format('%016d', place.number) .. text(place.owner) .. place.value
end

local function announce(k, role, place, now)
    local joined, value = string.format('%013d', now), leader_value(place)
    redis.call('HSET', k.members, role .. '\0' .. place.sid, joined .. value)
    share(k.leases, now, {k.members})
    table.insert(k.changes, {what = '+' .. text(role) .. place.sid .. joined .. text(value), weight = #value})
end

local function renounce(k, role, sid)
    if redis.call('HDEL', k.members, role .. '\0' .. sid) == 1 then
        table.insert(k.changes, {what = '-' .. text(role) .. sid, weight = 0})
    end
end

-- Whoever may not publish leaves it to the next beat of each watcher.
local function tell_roles(k, us, now)
    if #k.changes == 0 then
        return
    end
    local events = record_all(k.events, k.last, us, k.changes)
    if may_publish(k.prefix .. 'ev') then
        for _, event in ipairs(events) do
            publish(k.prefix .. 'ev', event)
        end
    end
    share(k.leases, now, {k.events, k.last})
end
