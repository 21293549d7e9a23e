-- replicate: whether a claim stands; and a write, so that a WAIT which follows on the same connection waits for that, and all before it.
-- KEYS   locks, places, leases, sync
-- ARGV   lock, record and empty; or, of a place: its id, its fence, and s or f
-- reply  1 or 0
--@include time
--@include alive
--@include stands

local us, now = time()
redis.call('SET', KEYS[4], string.format('%d', us), 'PX', 1)
return stands({locks = KEYS[1], places = KEYS[2], leases = KEYS[3]}, ARGV[1], ARGV[2], ARGV[3], now) and 1 or 0
