-- roll_call: all ids that are there, a page at a time.
-- KEYS   due, here, spans, last
-- ARGV   linger (ms), forget (ms), cursor or empty, how many about
-- reply  {cursor or empty, last, now, linger, forget, {id, ...}, {entry, deadlines of its sources, ...}, {source, its span, ...}}
-- keeps  with the events after the first page's `last`, all pages make the state of one moment
--@include time
--@include presence

local k = {due = KEYS[1], here = KEYS[2], spans = KEYS[3], linger = ARGV[1]}
local us, now = time()
local page = redis.call('HSCAN', k.here, ARGV[3] == '' and '0' or ARGV[3], 'COUNT', ARGV[4])
local ids, records = {}, {}
for i = 1, #page[2], 2 do
    table.insert(ids, page[2][i])
    table.insert(records, page[2][i + 1])
end
local states, spans = states_of(k, ids, records)
return {page[1] == '0' and '' or page[1], tonumber(redis.call('GET', KEYS[4]) or 0), now, tonumber(ARGV[1]), tonumber(ARGV[2]),
        ids, states, spans}
