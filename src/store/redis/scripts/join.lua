-- join: attaches members to the session, updates those it has.
-- KEYS   s:<sid>, members, held:<sid>, leases, events, last, channel
-- ARGV   generation, sid, update only (0 or 1), then name and value of each
-- reply  {how many of the names are members now, event or nil}; LOST, STALE
-- keeps  what is in `members` is in `held`; what has changed is in one event
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

local us, now = time()
local sid, update_only = ARGV[2], ARGV[3] == '1'
local matched, changes, records, attachments = 0, {}, {}, {}
local fresh = {}  -- a name may come twice

for i = 4, #ARGV, 2 do
    local name, value = ARGV[i], ARGV[i + 1]
    local field = name .. '\0' .. sid
    local old = fresh[field] or redis.call('HGET', KEYS[2], field)
    local kind, joined
    if old then
        kind, joined = '*', string.sub(old, 1, 13)
    elseif not update_only then
        kind, joined = '+', string.format('%013d', now)
        table.insert(attachments, 'm' .. name)
    end
    if kind then
        matched = matched + (fresh[field] and 0 or 1)
        local new = joined .. value
        if new ~= old then
            table.insert(changes, kind .. text(name) .. sid .. joined .. text(value))
            table.insert(records, field)
            table.insert(records, new)
        end
        fresh[field] = new
    end
end
if #changes == 0 then
    return {matched, false}
end
redis.call('SCARD', KEYS[3])  -- fails here if it is of another type: nothing is half-done

local event = record(KEYS[5], KEYS[6], us, table.concat(changes))
many('HSET', KEYS[2], records)
many('SADD', KEYS[3], attachments)
share(KEYS[4], now, {KEYS[2], KEYS[3], KEYS[5], KEYS[6]})
publish(KEYS[7], event)
return {matched, event}
