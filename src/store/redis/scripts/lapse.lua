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
local more = end_due(k, now, tonumber(ARGV[3]))
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

-- A source whose last word is over has no entries any more, once all that was due is done.
local sample = not more and redis.call('HRANDFIELD', k.spans, 20, 'WITHVALUES') or {}
local silent = {}
for i = 1, #sample, 2 do
    if tonumber(string.match(sample[i + 1], '%d+$')) <= now then
        table.insert(silent, sample[i])
    end
end
many('HDEL', k.spans, silent)

local watchers = 0
if redis.acl_check_cmd('PUBSUB', 'SHARDNUMSUB', k.channel) then
    watchers = redis.call('PUBSUB', 'SHARDNUMSUB', k.channel)[2]
end
return {now, next_deadline(k) or false, watchers, tonumber(redis.call('GET', k.last) or 0), #k.changes}
