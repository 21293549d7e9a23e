-- verify: which claims still stand.
-- KEYS   s:<sid>, locks, leases
-- ARGV   generation, then lock and claim as a record, of each
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
for i = 2, #ARGV, 2 do
    local stands = redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1]
    if stands and string.byte(ARGV[i + 1]) == 102 then
        stands = alive(KEYS[3], 'k\0' .. ARGV[i], now)
    end
    table.insert(held, stands and 1 or 0)
end
return held
