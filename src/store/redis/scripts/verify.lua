-- verify: which claims still stand.
-- KEYS   s:<sid>, locks, places, leases
-- ARGV   generation, then of each claim: lock, record and empty; or, of a place: its id, its fence, and s or f
-- reply  1 or 0 for each; LOST, STALE
--@include time
--@include gone
--@include alive
--@include stands

local found = redis.call('GET', KEYS[1])
if found ~= ARGV[1] then
    return gone(found)
end

local k = {locks = KEYS[2], places = KEYS[3], leases = KEYS[4]}
local _, now = time()
local held = {}
for i = 2, #ARGV, 3 do
    table.insert(held, stands(k, ARGV[i], ARGV[i + 1], ARGV[i + 2], now) and 1 or 0)
end
return held
