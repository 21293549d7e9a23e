#!lua flags=allow-oom
-- memo_release: gives the lease up without a result.
-- KEYS   g, channel
-- ARGV   fence and token as in `g`
-- reply  1, or 0: it was not the caller's
-- keeps  works while memory is short; whoever waits is told
--@include event
--@include memo

if read_generation(KEYS[1]) ~= ARGV[1] then
    return 0
end
redis.call('DEL', KEYS[1])
tell(KEYS[2], header_without_result(fence_of(ARGV[1]), 'r'), '')
return 1
