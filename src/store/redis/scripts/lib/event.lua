-- Events. `record` goes before all other writes of a script, because XADD can fail; `publish` goes last.
-- Whether it may publish is asked first: an SPUBLISH that is refused would come after the writes.
local function may_publish(channel)
    return redis.acl_check_cmd('SPUBLISH', channel, '')
end

local function not_allowed()
    return redis.error_reply("NOPERM the user may not publish to the group's channel; allow it with &coterie:*")
end

-- Appends an event to `events` and moves `last`; returns the event.
local function record(events, last, us, changes)
    local before = tonumber(redis.call('GET', last) or 0)
    local id = math.max(before + 1, us)
    if before == 0 then  -- `last` may have been lost alone
        local newest = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
        id = newest and math.max(id, tonumber(string.match(newest[1], '%d+')) + 1) or id
    end
    local event = string.format('%016d%016d', id, before) .. changes
    redis.call('XADD', events, 'MAXLEN', '~', 1024, string.format('%d-0', id), 'e', event)
    redis.call('SET', last, string.format('%d', id), 'KEEPTTL')
    return event
end

-- The same for changes that may be many and large, each {what, weight in bytes}: in one event, or in several of about 1 MiB.
local function record_all(events, last, us, changes)
    local result, whole, weight = {}, {}, 0
    for i, change in ipairs(changes) do
        table.insert(whole, change.what)
        weight = weight + change.weight
        if weight >= 1048576 or i == #changes then
            table.insert(result, record(events, last, us, table.concat(whole)))
            whole, weight = {}, 0
        end
    end
    return result
end

-- Not an event: the earliest deadline is a new one.
local look = string.rep('0', 32)

local function publish(channel, event)
    redis.call('SPUBLISH', channel, event)
end
