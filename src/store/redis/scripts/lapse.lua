#!lua flags=allow-oom
-- lapse: announces who is gone because his time is over, and forgets some of those who are gone for long.
-- KEYS   due, here, gone, spans, events, last, channel
-- ARGV   linger (ms), forget (ms), how many at most
-- reply  {now, next deadline or nil, connections that watch or 0, last, ids whose state is another now}
-- keeps  as appear; never over a newer word of the same source
--@include time
--@include life
--@include text
--@include many
--@include event
--@include presence

local k = presence_keys(ARGV[1], ARGV[2])
local us, now = time()
check_presence(k)
end_due(k, now, tonumber(ARGV[3]))
finish(k, us, now)

-- A sample, and another one if many of it were to be forgotten: as Redis looks for keys that have expired.
for _ = 1, 10 do
    local sample = redis.call('HRANDFIELD', k.gone, 20, 'WITHVALUES')
    local forgotten = {}
    for i = 1, #sample, 2 do
        if tonumber(string.sub(sample[i + 1], 28, 40)) <= now then
            table.insert(forgotten, sample[i])
        end
    end
    many('HDEL', k.gone, forgotten)
    if #forgotten <= 5 then
        break
    end
end

local watchers = 0
if redis.acl_check_cmd('PUBSUB', 'SHARDNUMSUB', k.channel) then
    watchers = redis.call('PUBSUB', 'SHARDNUMSUB', k.channel)[2]
end
local first = redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')
return {now, first[2] and tonumber(first[2]) or false, watchers, tonumber(redis.call('GET', k.last) or 0), #k.changes}
