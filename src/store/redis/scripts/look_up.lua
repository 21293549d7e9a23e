-- look_up: how ids are.
-- KEYS   due, here, gone, spans, last
-- ARGV   linger (ms), forget (ms), the ids
-- reply  {last, now, linger, forget, {entry or trace or empty, deadlines of its sources, ...}, {source, its span, ...}}
--@include time
--@include presence

local k = {due = KEYS[1], here = KEYS[2], gone = KEYS[3], spans = KEYS[4], linger = ARGV[1]}
local us, now = time()
local ids = {unpack(ARGV, 3)}
local records, missing, places = {}, {}, {}
if #ids > 0 then
    records = redis.call('HMGET', k.here, unpack(ids))
end
for i, id in ipairs(ids) do
    if not records[i] then
        table.insert(missing, id)
        table.insert(places, i)
    end
end
if #missing > 0 then
    for i, trace in ipairs(redis.call('HMGET', k.gone, unpack(missing))) do
        records[places[i]] = trace
    end
end
local states, spans = states_of(k, ids, records)
return {tonumber(redis.call('GET', KEYS[5]) or 0), now, tonumber(ARGV[1]), tonumber(ARGV[2]), states, spans}
