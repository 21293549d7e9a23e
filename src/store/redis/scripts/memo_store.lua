-- memo_store: puts a result there, whoever generates.
-- KEYS   v, g, channel
-- ARGV   kind (v or n), bytes, ttl, stale, cost (ms)
-- reply  its fence
-- keeps  a generation that was under way publishes no more
--@include time
--@include event
--@include memo

local us, now = time()
local fence = new_fence(us, read_header(KEYS[1]), read_generation(KEYS[2]))
local told = write_result(KEYS[1], fence, now, ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
redis.call('DEL', KEYS[2])
tell(KEYS[3], told, ARGV[2])
return fence
