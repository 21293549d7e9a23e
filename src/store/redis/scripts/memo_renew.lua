#!lua flags=allow-oom
-- memo_renew: extends the lease.
-- KEYS   g
-- ARGV   fence and token as in `g`, lease (ms)
-- reply  the deadline, or nil: it was lost
-- keeps  no lease becomes shorter
--@include time
--@include event
--@include memo

if read_generation(KEYS[1]) ~= ARGV[1] then
    return false
end
local _, now = time()
redis.call('PEXPIREAT', KEYS[1], string.format('%d', later(now, ARGV[2]) - 1), 'GT')
return redis.call('PEXPIRETIME', KEYS[1]) + 1
