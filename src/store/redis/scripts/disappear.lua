#!lua flags=allow-oom
-- disappear: a source says that ids are gone.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), 1 if all sources say so, the source if not, then the ids
-- reply  ids whose state is another now
-- keeps  as appear; works while memory is short
--@include time
--@include life
--@include text
--@include many
--@include event
--@include presence

local k = presence_keys(ARGV[1], ARGV[2])
local us, now = time()
check_presence(k)
local ids = {unpack(ARGV, 5)}
local before = next_deadline(k)
if end_due(k, now, 1000) then
    end_these(k, ids, now)
end

load(k, ids)
local waiting, alike = {}, {}
for _, id in ipairs(ids) do
    local record = type(k.known[id]) == 'string' and string.sub(k.known[id], 15)  -- but since when
    local as = record and alike[record]
    if as then  -- what became of another one becomes of this one
        k.known[id] = as.entry
        touch(k, id)
        for _, name in ipairs(as.names) do
            k.undue[#k.undue + 1] = name .. id
        end
        tell_change(k, id, as.rest, as.weight)
    else
        local entry = entry_of(k, id)
        local count, names = entry and #entry.sources or 0, {}
        for at = count, 1, -1 do
            local name = entry.sources[at].name
            if name ~= lingering and (ARGV[3] == '1' or name == ARGV[4]) then
                table.insert(names, name .. '\0')
                remove_source(k, id, entry, at)
            end
        end
        if #names > 0 then
            if #entry.sources == 0 and k.linger > 0 then
                table.insert(entry.sources, {what = entry.shown, name = lingering})
                table.insert(waiting, string.format('%d', now + k.linger))
                table.insert(waiting, lingering .. '\0' .. id)
            end
            local rest, weight = settle(k, id, entry, now, now)
            if record and rest and #entry.sources == 0 then
                alike[record] = {entry = entry, names = names, rest = rest, weight = weight}
            end
        end
    end
end
finish(k, us, now)
many('ZADD', k.due, waiting)
if #waiting > 0 then
    outlive(k, now + k.linger)
    tell_of_deadline(k, before, now + k.linger)
end
return #k.changes
