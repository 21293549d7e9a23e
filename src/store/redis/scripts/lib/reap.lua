-- Ends sessions: what reap and close have in common.
-- A plan is made by reading only; then `carry_out` writes it, the event first. A plan that nobody may be told of is not carried out.
-- Locks go to who is next (lib/line).
local function new_plan(budget)
    return {budget = budget, changes = {}, sessions = {}, locks = {}, places = {}, members = {}, data = {}, terms = {}, unlisted = {}}
end

-- The keys that reap and close share, and what follows them.
local function ending_keys()
    return {leases = KEYS[1], locks = KEYS[2], members = KEYS[3], data = KEYS[4], fence = KEYS[5], epoch = KEYS[6], events = KEYS[7],
            last = KEYS[8], queue = KEYS[9], places = KEYS[10], shares = KEYS[11], channel = KEYS[12], beats = KEYS[13],
            prefix = string.sub(KEYS[12], 1, -3), granted = {}, changes = {}, records = {}, unwritten = {}}, 13
end

-- What was granted for a term of its own outlives the session.
local function plan_place(k, plan, id)
    local place = read_place(k, id)
    if place and not (place.granted and place.kind == 'f') then
        table.insert(plan.places, place)
    end
end

local function plan_attachment(k, plan, sid, attachment)
    local kind, name = string.sub(attachment, 1, 1), string.sub(attachment, 2)
    if kind == 'm' then
        local field = name .. '\0' .. sid
        if redis.call('HEXISTS', k.members, field) == 1 then
            table.insert(plan.members, field)
            table.insert(plan.changes, '-' .. text(name) .. sid)
        end
    elseif kind == 'k' then
        local lock = string.sub(name, string.find(name, '\0', 1, true) + 1)
        local found = redis.call('HGET', k.locks, lock)
        if found and string.find(found, '^[sS]') and string.sub(found, 2, 17) == sid then
            table.insert(plan.locks, {name = lock, record = found})
        end
    elseif kind == 'w' then
        plan_place(k, plan, sid .. name)
    elseif kind == 'e' then
        local found = redis.call('HGET', k.data, name)
        if found and string.sub(found, 1, 17) == 'e' .. sid then
            table.insert(plan.data, name)
        end
    end
end

-- What hangs on the sessions whose lists have expired, because nobody reaped them for longer than linger. The one place that looks
-- at a whole group: once, however many sessions there are.
local function plan_unlisted(k, plan)
    if next(plan.unlisted) == nil then
        return
    end
    local function each(key, take)
        local cursor, seen = '0', {}  -- a scan may show a field twice
        repeat
            local page = redis.call('HSCAN', key, cursor, 'COUNT', 1000)
            cursor = page[1]
            for i = 1, #page[2], 2 do
                if not seen[page[2][i]] then
                    seen[page[2][i]] = true
                    take(page[2][i], page[2][i + 1])
                end
            end
        until cursor == '0'
    end
    each(k.members, function(field)
        local sid = string.sub(field, -16)
        if plan.unlisted[sid] and not is_role(field) then  -- a leader goes with his place
            table.insert(plan.members, field)
            table.insert(plan.changes, '-' .. text(string.sub(field, 1, -18)) .. sid)
        end
    end)
    each(k.locks, function(lock, record)
        if string.find(record, '^[sS]') and plan.unlisted[string.sub(record, 2, 17)] then
            table.insert(plan.locks, {name = lock, record = record})
        end
    end)
    each(k.places, function(id)
        if plan.unlisted[string.sub(id, 1, 16)] then
            plan_place(k, plan, id)
        end
    end)
    each(k.data, function(path, record)
        if string.sub(record, 1, 1) == 'e' and plan.unlisted[string.sub(record, 2, 17)] then
            table.insert(plan.data, path)
        end
    end)
end

-- As many of the session's attachments as the budget allows; none is fine: the session is at least marked as dead.
local function plan_session(k, plan, sid, alive_key, held)
    local taken = plan.budget > 0 and redis.call('SRANDMEMBER', held, plan.budget) or {}
    for _, attachment in ipairs(taken) do
        plan_attachment(k, plan, sid, attachment)
    end
    if redis.call('EXISTS', held) == 0 then
        plan.unlisted[sid] = true
    end
    plan.budget = plan.budget - #taken
    local whole = #taken == redis.call('SCARD', held)
    table.insert(plan.sessions, {sid = sid, alive = alive_key, held = held, taken = taken, whole = whole})
end

local function bury(k, session)
    redis.call('DEL', session.alive)
    if session.whole then
        redis.call('ZREM', k.leases, session.sid)
        redis.call('DEL', session.held)
    else
        redis.call('ZADD', k.leases, 0, session.sid)
        many('SREM', session.held, session.taken)
    end
end

-- Returns the event or false, or an error if it may not be published: then nothing is done.
local function carry_out(k, plan, us, now)
    if #plan.changes > 0 and not may_publish(k.channel) then
        return not_allowed()
    end
    if #plan.locks + #plan.places > 0 or plan.quarantine_is_over then
        check_types(k)
    end
    local event = false
    if #plan.changes > 0 then
        event = record(k.events, k.last, us, table.concat(plan.changes))
        share(k.leases, now, {k.events, k.last})
    end
    local vacant = {}
    for _, lock in ipairs(plan.locks) do
        vacate(k, lock.name, lock.record)
        table.insert(vacant, lock.name)
    end
    for _, place in ipairs(plan.places) do
        end_place(k, place)
        for _, lock in ipairs(place.names) do
            table.insert(vacant, lock)
        end
    end
    many('HDEL', k.members, plan.members)
    many('HDEL', k.data, plan.data)
    many('ZREM', k.leases, plan.terms)
    for _, session in ipairs(plan.sessions) do
        bury(k, session)
    end
    if plan.quarantine_is_over then
        for _, entry in ipairs(redis.call('ZRANGE', k.queue, 0, most - 1)) do
            table.insert(vacant, string.sub(entry, 1, string.find(entry, '\0', 1, true) - 1))
        end
    end
    table.sort(vacant)
    serve(k, vacant, us, now)
    write_records(k)
    if redis.call('EXISTS', k.leases) == 0 then
        redis.call('DEL', k.members, k.locks, k.queue, k.places, k.shares, k.data, k.beats)
        extend(now + fence_linger, {k.fence})
        for _, key in ipairs({k.events, k.last, k.epoch}) do
            redis.call('PEXPIRE', key, linger)
        end
    end
    if event then
        publish(k.channel, event)
    end
    tell(k, us, now)
    return event
end
