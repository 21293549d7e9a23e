#!lua flags=allow-oom
-- unlock: gives a lock back if its record is the claim.
-- KEYS   locks, then held:<sid> (the lock lives with the session) or leases (it has a term)
-- ARGV   lock, the claim as a record, its name in the second key
-- reply  1: released, 0: the claim does not stand
-- keeps  nobody else's acquisition is released; works while memory is short
local call = redis.call
if call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
    return 0
end
call(string.byte(ARGV[2]) == 102 and 'ZREM' or 'SREM', KEYS[2], ARGV[3])
call('HDEL', KEYS[1], ARGV[1])
return 1
