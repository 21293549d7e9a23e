-- change_party: adds ids to a named set, and takes some away.
-- KEYS   party:<name>
-- ARGV   how many are added, those, then those that are taken away
-- reply  how many it changed
--@include many

local added, removed = {}, {}
local count = tonumber(ARGV[1])
for i = 2, #ARGV do
    table.insert(i <= count + 1 and added or removed, ARGV[i])
end
local before = redis.call('SCARD', KEYS[1])
many('SADD', KEYS[1], added)
local between = redis.call('SCARD', KEYS[1])
many('SREM', KEYS[1], removed)
return between - before + between - redis.call('SCARD', KEYS[1])
