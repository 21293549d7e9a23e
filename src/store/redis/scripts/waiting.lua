-- waiting: who waits for locks of the group, a page of it.
-- KEYS   queue, places, leases
-- ARGV   the last entry of the page before or empty, how many
-- reply  {the last entry or empty if that was all, {lock, id, record of the place} of each who lives}; a flat list
--@include time
--@include alive
--@include shown

local _, now = time()
local from = ARGV[1] == '' and '-' or '(' .. ARGV[1]
local page = redis.call('ZRANGE', KEYS[1], from, '+', 'BYLEX', 'LIMIT', 0, ARGV[2])
local waiters = {}
for _, entry in ipairs(page) do
    local id = string.sub(entry, -32)
    local record = alive(KEYS[3], string.sub(id, 1, 16), now) and place_shown(KEYS[2], id)
    if record then
        table.insert(waiters, string.sub(entry, 1, string.find(entry, '\0', 1, true) - 1))
        table.insert(waiters, id)
        table.insert(waiters, record)
    end
end
return {#page == tonumber(ARGV[2]) and page[#page] or '', waiters}
