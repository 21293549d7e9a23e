-- verify: which claims still stand.
-- KEYS   s:<sid>, locks, places, leases
-- ARGV   generation, then of each claim: lock, record and empty; or, of a place: its id, its fence, and s or f
-- reply  1 or 0 for each; LOST, STALE
--@include time
--@include gone
--@include alive

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end

local _, now = time()
local held = {}
for i = 2, #ARGV, 3 do
    local name, what, kind = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local stands
    if kind == '' then
        local record = redis.call('HGET', KEYS[2], name)
        stands = record and string.lower(string.sub(record, 1, 1)) .. string.sub(record, 2) == what
    else
        local record = redis.call('HGET', KEYS[3], name)
        stands = record and string.sub(record, 1, 1) == 'g' and string.sub(record, 3, 3) == kind and string.sub(record, 4, 19) == what
                 and (kind == 's' or alive(KEYS[4], 'w\0' .. name, now))
    end
    table.insert(held, stands and 1 or 0)
end
return held
