-- snapshot: one page of the members.
-- KEYS   members, last, leases
-- ARGV   cursor (empty: from the start), about how many a page, up to how many in one piece, up to about how many bytes in one
--        piece, about how many bytes a page
-- reply  {next cursor (empty: that was all), last, now, {field, record, ...}, {dead session, ...}}; the dead with the first page only
-- keeps  `last` is read before the page: what is newer comes as events
--@include is_session
--@include time

local last = tonumber(redis.call('GET', KEYS[2]) or 0)
local _, now = time()
local cursor, limit = ARGV[1], tonumber(ARGV[2])
local whole, whole_bytes, page_bytes = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local dead = {}
if cursor == '' then
    for _, lease in ipairs(redis.call('ZRANGE', KEYS[3], '-inf', now, 'BYSCORE')) do
        if is_session(lease) then
            table.insert(dead, lease)
        end
    end
end

-- Bytes of a member, guessed from a few.
local few = redis.call('HRANDFIELD', KEYS[1], 10, 'WITHVALUES')
local bytes = 0
for _, part in ipairs(few) do
    bytes = bytes + #part
end
local each = math.max(1, 2 * bytes / math.max(2, #few))

local count = redis.call('HLEN', KEYS[1])
if cursor == '' and count <= whole and count * each <= whole_bytes then
    return {'', last, now, redis.call('HGETALL', KEYS[1]), dead}
end
local most = math.max(1, math.min(limit, math.floor(page_bytes / each)))
local page = redis.call('HSCAN', KEYS[1], cursor == '' and '0' or cursor, 'COUNT', most)
return {page[1] == '0' and '' or page[1], last, now, page[2], dead}
