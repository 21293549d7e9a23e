#!lua flags=allow-oom
-- refresh: as appear, for ids of which the source says so already; nothing becomes of the others.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), span (ms), source, then the ids
-- reply  {1 or 0 of each id: whether it was there}
-- keeps  as appear; works while memory is short, so that nobody goes offline for that
--@include time
--@include life
--@include text
--@include many
--@include event
--@include presence

local k = presence_keys(ARGV[1], ARGV[2])
local us, now = time()
check_presence(k)
local span, source = tonumber(ARGV[3]), ARGV[4]
local ids = {unpack(ARGV, 5)}
local before = next_deadline(k)
if end_due(k, now, 1000) then
    end_these(k, ids, now)
end

local members, scored, there = {}, {}, {}
for i, id in ipairs(ids) do
    members[i] = source .. '\0' .. id
end
for i, known in ipairs(deadlines_of(k, members)) do
    there[i] = known and not k.ended[members[i]] and 1 or 0
    if there[i] == 1 then
        table.insert(scored, string.format('%d', now + span))
        table.insert(scored, members[i])
    end
end
finish(k, us, now)
many('ZADD', k.due, scored)
if #scored > 0 then
    redis.call('HSET', k.spans, source, string.format('%d %d', span, now + span))
    outlive(k, now + span)
    tell_of_deadline(k, before, now + span)
end
return there
