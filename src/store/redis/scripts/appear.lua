-- appear: a source says that ids are there, for a time from now on.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), span (ms: how long its word lasts, linger included), source, status or empty, 1 if a text follows, text,
--        1 if a value follows, value, then the ids
-- reply  ids whose state is another now
-- keeps  an entry in `here` names just the sources that stand in `due`; who was there goes on being there, without an event
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
local members, scored = {}, {}
local deadline = string.format('%d', now + span)
for i, id in ipairs(ids) do
    members[i] = source .. '\0' .. id
    scored[2 * i - 1], scored[2 * i] = deadline, members[i]
end
if end_due(k, now, 1000) then
    end_these(k, members, now)
end

-- Whoever's time was over is away from `due` before he is there anew.
many('ZREM', k.due, k.undue)
k.undue = {}
local added = 0
for first = 1, #scored, 1000 do
    added = added + redis.call('ZADD', k.due, unpack(scored, first, math.min(first + 999, #scored)))
end

if added > 0 or what ~= '' or ARGV[6] == '1' or ARGV[8] == '1' then
    load(k, ids)
    for _, id in ipairs(ids) do
        local entry = k.known[id]
        if not entry or entry.shown == offline then
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
        settle(k, id, entry, now, now)
    end
end
if redis.call('HGET', k.spans, source) ~= ARGV[3] then
    redis.call('HSET', k.spans, source, ARGV[3])
end
extend(now + span + linger, {k.due, k.here, k.spans, k.events, k.last})
finish(k, us, now)

-- Those who wait for the next one to lapse may know only of later ones.
if added > 0 and redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')[2] == deadline and may_publish(k.channel) then
    publish(k.channel, look)
end
return #k.changes
