-- inspect: who holds a lock, and who waits for it.
-- KEYS   locks, queue, places, shares, leases
-- ARGV   lock, how many of each at most
-- reply  {now, {lock, deadline, record of the lock} or {id, deadline, record of the place} of each living holder, {id, record of the
--        place} of each living waiter, in their order}; flat lists
--@include time
--@include alive
--@include place
--@include shown

local k = {locks = KEYS[1], queue = KEYS[2], places = KEYS[3], shares = KEYS[4], leases = KEYS[5]}
local _, now = time()
local from, to = '[' .. ARGV[1] .. '\0', '(' .. ARGV[1] .. '\1'
local holders, waiters = {}, {}

local function add_holder(name, lease, what)
    local deadline = alive(k.leases, lease, now)
    if deadline and what then
        table.insert(holders, name)
        table.insert(holders, deadline)
        table.insert(holders, what)
    end
end

local record = redis.call('HGET', k.locks, ARGV[1]) or ''
local kind = string.lower(string.sub(record, 1, 1))
if kind == 's' then
    add_holder(ARGV[1], string.sub(record, 2, 17), 's' .. string.sub(record, 2))
elseif kind == 'x' then
    local id = string.sub(record, 2, 33)
    add_holder(id, lease_of(id, string.sub(record, 34)), place_shown(k.places, id))
elseif kind == 'r' or kind == 'p' then
    for _, share in ipairs(redis.call('ZRANGE', k.shares, from, to, 'BYLEX', 'LIMIT', 0, ARGV[2])) do
        local id = string.sub(share, -33, -2)
        add_holder(id, lease_of(id, string.sub(share, -1)), place_shown(k.places, id))
    end
end
for _, entry in ipairs(redis.call('ZRANGE', k.queue, from, to, 'BYLEX', 'LIMIT', 0, ARGV[2])) do
    local id = string.sub(entry, -32)
    local place_record = alive(k.leases, string.sub(id, 1, 16), now) and place_shown(k.places, id)
    if place_record then
        table.insert(waiters, id)
        table.insert(waiters, place_record)
    end
end
return {now, holders, waiters}
