#!lua flags=allow-oom
-- force: takes a lock from whoever holds it as the claim says.
-- KEYS   locks, then held:<sid> (the lock lives with the session) or leases (it has a term), s:<sid> of the holder
-- ARGV   lock, the claim as a record, its name in the second key
-- reply  1: released, 0: the claim does not stand
-- keeps  the holder becomes stale, so that it resumes and verifies what it has; older generations of it stay stale
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
    return 0
end
local generation = redis.call('GET', KEYS[3])
redis.call(string.byte(ARGV[2]) == 102 and 'ZREM' or 'SREM', KEYS[2], ARGV[3])
redis.call('HDEL', KEYS[1], ARGV[1])
if generation then
    redis.call('SET', KEYS[3], '!' .. string.match(generation, '%d*$'), 'KEEPTTL')
end
return 1
