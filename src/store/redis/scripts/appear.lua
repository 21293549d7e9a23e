#!lua
-- appear: a source says that ids are there, for a time from now on.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), span (ms: how long its word lasts, linger included), source, status or empty, 1 if a text follows, text,
--        1 if a value follows, value, then the ids
-- reply  ids whose state is another now
-- keeps  an entry in `here` names just the sources that stand in `due`; who was there goes on being there, without an event; while
--        memory is short it does not begin (that is what the first line is for): see refresh
--@include time
--@include life
--@include text
--@include many
--@include event
--@include presence

local k = presence_keys(ARGV[1], ARGV[2])
local us, now = time()
check_presence(k)
local span, source, what = tonumber(ARGV[3]), ARGV[4], ARGV[5]
local ids = {unpack(ARGV, 10)}
local before = next_deadline(k)
if end_due(k, now, 1000) then
    end_these(k, ids, now)
end

local scored, prefix = {}, source .. '\0'
local deadline = string.format('%d', now + span)
for i, id in ipairs(ids) do
    scored[2 * i - 1], scored[2 * i] = deadline, prefix .. id
end

-- If all are there, and nothing else is said of them, their entries need not even be read. (Who was moved in this millisecond does not count as
-- moved: then the entries are read for nothing.)
local moved = 0
if what == '' and ARGV[6] ~= '1' and ARGV[8] ~= '1' and #k.undue == 0 then
    for first = 1, #scored, 1000 do
        moved = moved + redis.call('ZADD', k.due, 'XX', 'CH', unpack(scored, first, math.min(first + 999, #scored)))
    end
end
if moved < #ids then
    load(k, ids)
    local fresh, rest, weight  -- of those who are new: all alike
    for _, id in ipairs(ids) do
        local entry = entry_of(k, id)
        local new = not entry
        if new and fresh then
            k.known[id] = fresh
            touch(k, id)
            tell_change(k, id, rest, weight)
        else
            if new or entry.shown == offline then
                entry = {since = now, shown = offline, text = '', value = '', told_text = '', told_value = '', sources = {}}
                k.known[id] = entry
            end
            local at = find_source(entry, source)
            local waits = find_source(entry, lingering)
            if not at then
                table.insert(entry.sources, {what = what ~= '' and what or online, name = source})
            elseif what ~= '' then
                entry.sources[at].what = what
            end
            if waits then
                remove_source(k, id, entry, waits)
            end
            entry.text = ARGV[6] == '1' and ARGV[7] or entry.text
            entry.value = ARGV[8] == '1' and ARGV[9] or entry.value
            local told, told_weight = settle(k, id, entry, now, now)
            if new then
                fresh, rest, weight = entry, told, told_weight
            end
        end
    end
end
finish(k, us, now)
if moved < #ids then
    many('ZADD', k.due, scored)
end
redis.call('HSET', k.spans, source, string.format('%d %d', span, now + span))
outlive(k, now + span)
tell_of_deadline(k, before, now + span)
return #k.changes
