-- lock: takes one lock for the session's life, if it is free or its holder is dead and nobody waits.
-- KEYS   s:<sid>, locks, fence, held:<sid>, leases
-- ARGV   generation, sid, lock, owner
-- reply  the fence, if granted; {until when its holder is surely in the way, or 0: ask `acquire`}, if not; LOST, STALE
-- keeps  the holder was alive when it was granted; fences strictly increase; a retry gets the same fence; nothing is half-done if
--        a key is of another type
local call, keys, argv = redis.call, KEYS, ARGV
local found = call('GET', keys[1])
local record = found == argv[1] and call('HGET', keys[2], argv[3])

-- The usual case, before anything else is even defined: five calls, no TIME, no ZSET, no PEXPIRE.
-- A fence below 10^15 means that the key was evicted or has expired, or that there is a quarantine.
if found == argv[1] and not record then
    local fence = call('INCR', keys[3])
    if fence == 1 then
        call('DEL', keys[3])
    elseif fence < 1000000000000000 then
        call('INCRBY', keys[3], -1)
    else
        call('SADD', keys[4], 'k' .. argv[4] .. '\0' .. argv[3])
        call('HSET', keys[2], argv[3], 's' .. argv[2] .. string.format('%d', fence) .. argv[4])
        return fence
    end
end

--@include time
--@include gone
--@include alive
--@include life
--@include quarantine
--@include fence
--@include place

if found ~= ARGV[1] then
    return gone(found)
end

call('SCARD', KEYS[4])
local us, now = time()

if record then
    local kind, holder = string.sub(record, 1, 1), string.sub(record, 2, 17)
    if string.lower(kind) == 's' and holder == ARGV[2] and string.sub(record, 34) == ARGV[4] and alive(KEYS[5], holder, now) then
        return tonumber(string.sub(record, 18, 33))
    end
    local lease = string.lower(kind) == 'x' and lease_of(string.sub(record, 2, 33), string.sub(record, 34)) or holder
    local deadline = alive(KEYS[5], lease, now)
    if deadline or (kind ~= 's' and kind ~= 'x') then
        return {deadline or 0}
    end
end

local held_back = quarantined(KEYS[5], now)
if held_back then
    return {held_back}
end
local fence = next_fence({fence = KEYS[3], leases = KEYS[5]}, 1, us, now)
call('SADD', KEYS[4], 'k' .. ARGV[4] .. '\0' .. ARGV[3])
call('HSET', KEYS[2], ARGV[3], 's' .. ARGV[2] .. string.format('%016d', fence) .. ARGV[4])
return fence
