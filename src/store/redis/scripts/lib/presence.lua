-- Presence: who says that ids are there. `due` holds source NUL id and its deadline, `here` the entry of each id that is there, `gone` the trace of
-- one that was, `spans` how long each source's word lasts, and until when its last one does. What was read is in `k.known` (a record, until `entry_of` makes an entry of it), so
-- that each step sees what the ones before it did; ids whose entries are alike may share one in the end. `settle` notes what is to be told of an id, `finish` writes and tells. Statuses are digits, the more present the larger: core/presence.hpp.
local nobody, offline, online = '................', '1', '5'
local lingering = '\1'  -- as a source: not announced as gone yet

local function presence_keys(linger, forget)
    return {due = KEYS[1], here = KEYS[2], gone = KEYS[3], spans = KEYS[4], events = KEYS[5], last = KEYS[6], channel = KEYS[7],
            linger = tonumber(linger), forget = tonumber(forget), known = {}, touched = {}, order = {}, undue = {}, ended = {}, changes = {}}
end

local function span_of(k, source)
    local known = source ~= lingering and redis.call('HGET', k.spans, source)
    return known and tonumber(string.match(known, '^%d+')) or tonumber(k.linger)
end

-- Fails before anything is written if a key is of another type.
local function check_presence(k)
    redis.call('ZCARD', k.due)
    redis.call('HLEN', k.here)
    redis.call('HLEN', k.gone)
    redis.call('HLEN', k.spans)
    redis.call('XLEN', k.events)
    redis.call('GET', k.last)
end

local function take_text(record, at)
    local colon = string.find(record, ':', at, true)
    local ends = colon + tonumber(string.sub(record, at, colon - 1))
    return string.sub(record, colon + 1, ends), ends + 1
end

local function sources_of(record)
    local _, at = take_text(record, 16)
    _, at = take_text(record, at)
    local sources = {}
    while at <= #record do
        local what, name = string.sub(record, at, at), nil
        name, at = take_text(record, at + 1)
        table.insert(sources, {what = what, name = name})
    end
    return sources
end

local function read_entry(record)
    local entry = {since = tonumber(string.sub(record, 2, 14)), shown = string.sub(record, 15, 15), sources = sources_of(record)}
    local at
    entry.text, at = take_text(record, 16)
    entry.value = take_text(record, at)
    entry.told_text, entry.told_value = entry.text, entry.value
    return entry
end

local function write_entry(entry)
    local parts = {'h', string.format('%013d', entry.since), entry.shown, text(entry.text), text(entry.value)}
    for _, source in ipairs(entry.sources) do
        table.insert(parts, source.what .. text(source.name))
    end
    return table.concat(parts)
end

local function write_trace(entry, forget)
    return 'g' .. string.format('%013d%013d%013d', entry.since, entry.seen, entry.since + forget) .. text(entry.text) .. text(entry.value)
end

local function load(k, ids)
    local wanted = {}
    for _, id in ipairs(ids) do
        if k.known[id] == nil then
            k.known[id] = false
            table.insert(wanted, id)
        end
    end
    for first = 1, #wanted, 1000 do
        local last = math.min(first + 999, #wanted)
        local records = redis.call('HMGET', k.here, unpack(wanted, first, last))
        for i = first, last do
            k.known[wanted[i]] = records[i - first + 1]
        end
    end
end

-- Of an id that was loaded; false: it is not there.
local function entry_of(k, id)
    local known = k.known[id]
    if type(known) == 'string' then
        known = read_entry(known)
        k.known[id] = known
    end
    return known
end

local function find_source(entry, name)
    for i, source in ipairs(entry.sources) do
        if source.name == name then
            return i
        end
    end
end

local function remove_source(k, id, entry, at)
    local member = entry.sources[at].name .. '\0' .. id
    table.insert(k.undue, member)
    k.ended[member] = true
    table.remove(entry.sources, at)
end

local function touch(k, id)
    if not k.touched[id] then
        k.touched[id] = true
        k.order[#k.order + 1] = id
    end
end

local function tell_change(k, id, rest, weight)
    k.changes[#k.changes + 1] = {what = '*' .. text(id) .. rest, weight = weight}
end

-- Notes what has become of an id at the time `since`; `seen` is when it was seen last. Returns what is told of it, but for its id, and the weight
-- of that; or nothing.
local function settle(k, id, entry, since, seen)
    local most = offline
    for _, source in ipairs(entry.sources) do
        most = source.what > most and source.what or most
    end
    touch(k, id)
    entry.seen = seen
    if most == entry.shown and entry.text == entry.told_text and entry.value == entry.told_value then
        return
    end
    if most ~= entry.shown then
        entry.since = since
    end
    entry.shown, entry.told_text, entry.told_value = most, entry.text, entry.value
    local state = most .. string.format('%013d', seen) .. text(entry.text) .. entry.value
    local rest = nobody .. string.format('%013d', entry.since) .. text(state)
    tell_change(k, id, rest, #state)
    return rest, #state
end

-- Takes away sources whose time is over: source NUL id, deadline, and so on.
local function end_sources(k, due)
    local ids = {}
    for i = 1, #due, 2 do
        table.insert(ids, string.sub(due[i], string.find(due[i], '\0', 1, true) + 1))
    end
    load(k, ids)
    for i = 1, #due, 2 do
        local id, deadline = ids[(i + 1) / 2], tonumber(due[i + 1])
        local name = string.sub(due[i], 1, -#id - 2)
        local entry = entry_of(k, id)
        local at = entry and find_source(entry, name)
        if at then
            remove_source(k, id, entry, at)
            local last_one = #entry.sources == 0
            settle(k, id, entry, last_one and deadline - k.linger or deadline, deadline - span_of(k, name))
        else
            table.insert(k.undue, due[i])
        end
    end
end

-- Those whose time is over, the earliest first. True: there may be more.
local function end_due(k, now, most)
    local due = redis.call('ZRANGE', k.due, '-inf', now, 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES')
    end_sources(k, due)
    return #due == 2 * most
end

local function deadlines_of(k, members)
    local result = {}
    for first = 1, #members, 1000 do
        for i, score in ipairs(redis.call('ZMSCORE', k.due, unpack(members, first, math.min(first + 999, #members)))) do
            result[first + i - 1] = score
        end
    end
    return result
end

-- The same for all sources of these ids, so that nobody comes back who was not announced as gone.
local function end_these(k, ids, now)
    load(k, ids)
    local members, overdue, due = {}, {}, {}
    for _, id in ipairs(ids) do
        local entry = entry_of(k, id)
        for _, source in ipairs(entry and entry.sources or {}) do
            table.insert(members, source.name .. '\0' .. id)
        end
    end
    for i, deadline in ipairs(deadlines_of(k, members)) do
        if deadline and tonumber(deadline) <= now then
            table.insert(overdue, i)
            members[i] = {member = members[i], deadline = tonumber(deadline)}
        end
    end
    table.sort(overdue, function(a, b)
        local first, second = members[a].deadline, members[b].deadline
        return first < second or first == second and a < b
    end)
    for _, i in ipairs(overdue) do
        table.insert(due, members[i].member)
        table.insert(due, members[i].deadline)
    end
    end_sources(k, due)
end

-- The earliest deadline, of those who were not ended; nil: there is none.
local function next_deadline(k)
    local first = redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')[2]
    return first and tonumber(first)
end

-- Those who wait for the next one to lapse may know only of later ones.
local function tell_of_deadline(k, before, deadline)
    if (not before or deadline < before) and may_publish(k.channel) then
        publish(k.channel, look)
    end
end

-- Whatever is told of an id, a trace of it can be made for as long as it is to be remembered.
local function outlive(k, deadline)
    extend(deadline + k.forget + linger, {k.due, k.here, k.spans, k.events, k.last})
end

-- The events first: XADD can fail.
local function finish(k, us, now)
    local events = record_all(k.events, k.last, us, k.changes)
    local put, left, dropped, back, written = {}, {}, {}, {}, {}
    for _, id in ipairs(k.order) do
        local entry = k.known[id]
        local gone = entry.shown == offline
        local record = written[entry]
        if not record then
            record = gone and write_trace(entry, k.forget) or write_entry(entry)
            written[entry] = record
        end
        local names, records = gone and dropped or back, gone and left or put
        names[#names + 1] = id
        records[#records + 1] = id
        records[#records + 1] = record
    end
    many('ZREM', k.due, k.undue)
    many('HDEL', k.here, dropped)
    many('HSET', k.here, put)
    many('HDEL', k.gone, back)
    many('HSET', k.gone, left)
    share(k.due, now, {k.here, k.spans, k.events, k.last})
    if #left > 0 then
        extend(now + k.forget, {k.gone})
    end
    if may_publish(k.channel) then
        for _, event in ipairs(events) do
            publish(k.channel, event)
        end
    end
end

-- What stands in an answer for each id: its entry or trace or nothing, and the deadlines of its sources; and the spans of all these sources.
local function states_of(k, ids, records)
    local states, members, ends, spans, alike = {}, {}, {}, {}, {}
    local known = {}  -- sources whose spans are told
    for i, id in ipairs(ids) do
        local record = records[i] or ''
        if string.byte(record) == 104 then
            local what = string.sub(record, 15)  -- but since when
            local sources = alike[what]
            if not sources then
                sources = {}
                for at, source in ipairs(sources_of(record)) do
                    sources[at] = source.name .. '\0'
                    if not known[source.name] then
                        known[source.name] = true
                        table.insert(spans, source.name)
                        table.insert(spans, span_of(k, source.name))
                    end
                end
                alike[what] = sources
            end
            for at = 1, #sources do
                members[#members + 1] = sources[at] .. id
            end
        end
        states[2 * i - 1] = record
        ends[i] = #members
    end
    local scores = deadlines_of(k, members)
    for i = 1, #scores do
        scores[i] = scores[i] or '0'
    end
    local begin = 1
    for i = 1, #ids do
        states[2 * i] = ends[i] == begin and scores[begin] or table.concat(scores, ' ', begin, ends[i])
        begin = ends[i] + 1
    end
    return states, spans
end
