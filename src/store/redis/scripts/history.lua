-- history: the events after a revision, oldest first.
-- KEYS   events, last
-- ARGV   revision, how many at most, and no more once they have so many bytes
-- reply  {1 if history does not reach back to the revision, last, {event, ...}}
-- keeps  the first event's predecessor is the revision asked for; if there are events, there is at least one
local last = tonumber(redis.call('GET', KEYS[2]) or 0)
local after, limit, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local events, bytes = {}, 0
local from = '(' .. ARGV[1] .. '-0'

-- A few at a time: each may be large.
repeat
    local wanted = math.min(16, limit - #events)
    local entries = wanted > 0 and redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', wanted) or {}
    for _, entry in ipairs(entries) do
        if bytes < most then
            table.insert(events, entry[2][2])
            bytes = bytes + #entry[2][2]
            from = '(' .. entry[1]
        end
    end
until bytes >= most or #entries < 16

local known = last
if events[1] then
    known = tonumber(string.sub(events[1], 17, 32))
end
if known ~= after then
    return {1, last, {}}
end
return {0, last, events}
