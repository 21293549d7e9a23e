#!lua flags=allow-oom
-- leave: takes members off the session.
-- KEYS   s:<sid>, members, held:<sid>, leases, events, last, channel
-- ARGV   generation, sid, then the names
-- reply  {how many left, event or nil}; LOST, STALE
-- keeps  what is in `members` is in `held`; what has changed is in one event; works while memory is short
--@include time
--@include gone
--@include life
--@include text
--@include many
--@include event

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end
if not may_publish(KEYS[7]) then
    return not_allowed()
end

local sid = ARGV[2]
local changes, fields, attachments = {}, {}, {}
local seen = {}
for i = 3, #ARGV do
    local name = ARGV[i]
    local field = name .. '\0' .. sid
    if not seen[name] and redis.call('HEXISTS', KEYS[2], field) == 1 then
        seen[name] = true
        table.insert(changes, '-' .. text(name) .. sid)
        table.insert(fields, field)
        table.insert(attachments, 'm' .. name)
    end
end
if #changes == 0 then
    return {0, false}
end
redis.call('SCARD', KEYS[3])  -- fails here if it is of another type: nothing is half-done

local us, now = time()
local event = record(KEYS[5], KEYS[6], us, table.concat(changes))
many('HDEL', KEYS[2], fields)
many('SREM', KEYS[3], attachments)
share(KEYS[4], now, {KEYS[5], KEYS[6]})
publish(KEYS[7], event)
return {#changes, event}
