-- memo_publish: what came of a generation, if the lease is still the caller's.
-- KEYS   v, g, channel
-- ARGV   fence and token as in `g`, kind (v, n or f), bytes, ttl, stale, cost (ms)
-- reply  1: published, now or by an earlier try; 0: the lease was lost, nothing has changed
-- keeps  an outdated generator writes over nothing; a failure leaves the old result
--@include time
--@include event
--@include memo

local header = read_header(KEYS[1])
if read_generation(KEYS[2]) ~= ARGV[1] then
    return header and fence_of(header) == fence_of(ARGV[1]) and 1 or 0
end

local _, now = time()
local told
if ARGV[2] == 'f' then
    told = header_without_result(fence_of(ARGV[1]), 'f')
else
    told = write_result(KEYS[1], fence_of(ARGV[1]), now, ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
end
redis.call('DEL', KEYS[2])
tell(KEYS[3], told, ARGV[3])
return 1
