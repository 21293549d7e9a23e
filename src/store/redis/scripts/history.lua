-- history: the events after a revision, oldest first.
-- KEYS   events, last
-- ARGV   revision, how many at most
-- reply  {1 if history does not reach back to the revision, last, {event, ...}}
-- keeps  the first event's predecessor is the revision asked for
local last = tonumber(redis.call('GET', KEYS[2]) or 0)
local after = tonumber(ARGV[1])
local events = {}
for i, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])) do
    events[i] = entry[2][2]
end

local known = last
if events[1] then
    known = tonumber(string.sub(events[1], 17, 32))
end
if known ~= after then
    return {1, last, {}}
end
return {0, last, events}
