#!lua flags=allow-oom
-- memo_erase: the result goes, and the lease of whoever generates.
-- KEYS   v, g, channel
-- reply  {the fence of the erasure, 1 if there was a result, else 0}
-- keeps  a generation that was under way publishes no more; works while memory is short
--@include time
--@include event
--@include memo

local header, generation = read_header(KEYS[1]), read_generation(KEYS[2])
local us = time()
redis.call('DEL', KEYS[1], KEYS[2])
local fence = new_fence(us, header, generation)
tell(KEYS[3], header_without_result(fence, 'e'), '')
return {fence, header and 1 or 0}
