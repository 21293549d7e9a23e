-- inventory: one page of what hangs on the session.
-- KEYS   s:<sid>, held:<sid>, locks, places
-- ARGV   generation, sid, cursor (empty: from the start), about how many a page
-- reply  {next cursor (empty: that was all), {member, ...}, {lock, fence, owner, ...}, {number of a place, ...}}; LOST, STALE
-- keeps  a page may name things twice, and members and places that are gone; values are not named
--@include gone

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end

local sid, cursor = ARGV[2], ARGV[3]
local page = redis.call('SSCAN', KEYS[2], cursor == '' and '0' or cursor, 'COUNT', ARGV[4])
local members, locks, places = {}, {}, {}
for _, attachment in ipairs(page[2]) do
    local kind, name = string.sub(attachment, 1, 1), string.sub(attachment, 2)
    if kind == 'm' then
        table.insert(members, name)
    elseif kind == 'k' then
        local lock = string.sub(name, string.find(name, '\0', 1, true) + 1)
        local record = redis.call('HGET', KEYS[3], lock)
        if record and string.find(record, '^[sS]') and string.sub(record, 2, 17) == sid then
            table.insert(locks, lock)
            table.insert(locks, tonumber(string.sub(record, 18, 33)))
            table.insert(locks, string.sub(record, 34))
        end
    elseif kind == 'w' and redis.call('HEXISTS', KEYS[4], sid .. name) == 1 then
        table.insert(places, tonumber(name))
    end
end
return {page[1] == '0' and '' or page[1], members, locks, places}
