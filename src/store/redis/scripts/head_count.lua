#!lua flags=allow-oom
-- head_count: how many ids are there.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), how many may be announced as gone at most
-- reply  {how many, 1 if some of them may be gone: ask again}
--@include time
--@include life
--@include text
--@include many
--@include event
--@include presence

local k = presence_keys(ARGV[1], ARGV[2])
local us, now = time()
check_presence(k)
local more = end_due(k, now, tonumber(ARGV[3]))
finish(k, us, now)
return {redis.call('HLEN', k.here), more and 1 or 0}
