-- Ends sessions: what reap and close have in common.
-- A plan is made by reading only; then `carry_out` writes it, the event first. A plan that nobody may be told of is not carried out.
-- `k` names the keys: leases, locks, members, data, fence, epoch, events, last, channel.
local function new_plan(budget)
    return {budget = budget, changes = {}, sessions = {}, locks = {}, members = {}, data = {}, terms = {}, unlisted = {}}
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
        if found and string.sub(found, 1, 17) == 's' .. sid then
            table.insert(plan.locks, lock)
        end
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
        if plan.unlisted[sid] then
            table.insert(plan.members, field)
            table.insert(plan.changes, '-' .. text(string.sub(field, 1, -18)) .. sid)
        end
    end)
    local function of_unlisted(record, kind)
        return string.sub(record, 1, 1) == kind and plan.unlisted[string.sub(record, 2, 17)]
    end
    each(k.locks, function(lock, record)
        if of_unlisted(record, 's') then
            table.insert(plan.locks, lock)
        end
    end)
    each(k.data, function(path, record)
        if of_unlisted(record, 'e') then
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
    local event = false
    if #plan.changes > 0 then
        event = record(k.events, k.last, us, table.concat(plan.changes))
        share(k.leases, now, {k.events, k.last})
    end
    many('HDEL', k.locks, plan.locks)
    many('HDEL', k.members, plan.members)
    many('HDEL', k.data, plan.data)
    many('ZREM', k.leases, plan.terms)
    for _, session in ipairs(plan.sessions) do
        bury(k, session)
    end
    if redis.call('EXISTS', k.leases) == 0 then
        redis.call('DEL', k.members, k.locks, k.data, k.epoch)
        extend(now + fence_linger, {k.fence})
        redis.call('PEXPIRE', k.events, linger)
        redis.call('PEXPIRE', k.last, linger)
    end
    if event then
        publish(k.channel, event)
    end
    return event
end
