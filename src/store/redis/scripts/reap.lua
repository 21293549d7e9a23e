#!lua flags=allow-oom
-- reap: ends the sessions named that are past their deadline, and the fixed terms that are.
-- KEYS   leases, locks, members, data, fence, epoch, events, last, queue, places, shares, channel, beats, then s:<sid> and held:<sid> of each
-- ARGV   how many attachments at most, how many sessions to answer at most, then the session ids
-- reply  {event or nil, {session that is due, ...}, now, next deadline or nil, number of leases}
-- keeps  a session is dead for good before anything of it goes; when it leaves `leases`, nothing names it
--@include time
--@include alive
--@include is_session
--@include life
--@include horizon
--@include text
--@include many
--@include event
--@include quarantine
--@include fence
--@include place
--@include role
--@include line
--@include reap

local k, shared = ending_keys()
local us, now = time()
local plan = new_plan(tonumber(ARGV[1]))
local named = {}
for i = 3, #ARGV do
    local sid = ARGV[i]
    local deadline = redis.call('ZSCORE', k.leases, sid)
    if deadline and tonumber(deadline) <= now and not named[sid] then
        named[sid] = true
        plan_session(k, plan, sid, KEYS[shared + 2 * i - 5], KEYS[shared + 2 * i - 4])
    end
end

plan_unlisted(k, plan)

-- Terms: their leases are named by a letter, a NUL and what they are on. What is there may have a newer lease or another kind.
if plan.budget > 0 then
    for _, lease in ipairs(redis.call('ZRANGE', k.leases, '-inf', now, 'BYSCORE', 'LIMIT', 0, plan.budget + #plan.sessions)) do
        local name = string.sub(lease, 3)
        if string.sub(lease, 1, 2) == 'w\0' then
            local place = read_place(k, name)
            if place and place.granted then
                table.insert(plan.places, place)
            end
            table.insert(plan.terms, lease)
        elseif lease == quarantine then
            plan.quarantine_is_over = true
            table.insert(plan.terms, lease)
        elseif string.sub(lease, 1, 2) == 'd\0' then
            local found = redis.call('HGET', k.data, name)
            if found and string.sub(found, 1, 1) == 't' and tonumber(string.sub(found, 2, 14)) <= now then
                table.insert(plan.data, name)
            end
            table.insert(plan.terms, lease)
        elseif not is_session(lease) then  -- somebody else wrote it
            table.insert(plan.terms, lease)
        end
    end
end

local event = carry_out(k, plan, us, now)
if type(event) == 'table' then
    return event
end

local due = {}
local most = tonumber(ARGV[2])
for _, lease in ipairs(redis.call('ZRANGE', k.leases, '-inf', now, 'BYSCORE', 'LIMIT', 0, 2 * most)) do
    if is_session(lease) and #due < most then
        table.insert(due, lease)
    end
end
return {event, due, horizon(k.leases, now)}
