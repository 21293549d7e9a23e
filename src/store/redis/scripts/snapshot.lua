-- snapshot: one page of the members.
-- KEYS   members, last, leases
-- ARGV   cursor (empty: from the start), about how many a page, up to how many in one piece
-- reply  {next cursor (empty: that was all), last, now, {field, record, ...}, {dead session, ...}}
-- keeps  `last` is read before the page: what is newer comes as events
--@include time

local last = tonumber(redis.call('GET', KEYS[2]) or 0)
local _, now = time()

-- The names of terms have a NUL as their second byte.
local dead = {}
for _, lease in ipairs(redis.call('ZRANGE', KEYS[3], '-inf', now, 'BYSCORE')) do
    if string.byte(lease, 2) ~= 0 then
        table.insert(dead, lease)
    end
end

if ARGV[1] == '' and redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[3]) then
    return {'', last, now, redis.call('HGETALL', KEYS[1]), dead}
end
local page = redis.call('HSCAN', KEYS[1], ARGV[1] == '' and '0' or ARGV[1], 'COUNT', ARGV[2])
return {page[1] == '0' and '' or page[1], last, now, page[2], dead}
