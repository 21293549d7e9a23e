-- lock: takes a lock if it is free or its holder is dead.
-- KEYS   s:<sid>, locks, fence, held:<sid>, leases; for a fixed term also epoch
-- ARGV   generation, sid, lock, owner, and, for a fixed term, its ms; without, the lock lives with the session
-- reply  the fence, if granted; {the holder's deadline}, if not; LOST, STALE
-- keeps  the holder was alive when it was granted; fences strictly increase; a retry gets the same fence; nothing is half-done if
--        a key is of another type
local call = redis.call
local found = call('GET', KEYS[1])
local record = found == ARGV[1] and call('HGET', KEYS[2], ARGV[3])

-- The usual case, before anything else is even defined: five calls, no TIME, no ZSET, no PEXPIRE.
-- A fence below 10^15 means that the key was evicted or has expired.
if found == ARGV[1] and not record and not ARGV[5] then
    local fence = call('INCR', KEYS[3])
    if fence >= 1000000000000000 then
        call('SADD', KEYS[4], 'k' .. ARGV[4] .. '\0' .. ARGV[3])
        call('HSET', KEYS[2], ARGV[3], string.format('s%s%d%s', ARGV[2], fence, ARGV[4]))
        return fence
    end
end

--@include time
--@include gone
--@include alive
--@include life

if found ~= ARGV[1] then
    return gone(found)
end

call('SCARD', KEYS[4])
call('ZCARD', KEYS[5])

local us, now = time()
local fixed = ARGV[5] ~= nil
local term = 'k\0' .. ARGV[3]  -- name of a fixed term's lease

local function start_term()
    call('ZADD', KEYS[5], now + ARGV[5], term)
    extend(now + ARGV[5] + linger, {KEYS[2], KEYS[5], KEYS[6]})
    extend(now + ARGV[5] + fence_linger, {KEYS[3]})
end

local was_fixed = record and string.sub(record, 1, 1) == 'f'
if record then
    local holder = string.sub(record, 2, 17)
    local deadline = alive(KEYS[5], was_fixed and term or holder, now)
    if deadline and holder == ARGV[2] and string.sub(record, 34) == ARGV[4] and was_fixed == fixed then
        if fixed then
            start_term()
        end
        return tonumber(string.sub(record, 18, 33))
    end
    if deadline then
        return {deadline}
    end
end

local fence = call('INCR', KEYS[3])
if fence < 1000000000000000 then
    fence = us  -- ahead of every fence there was
    call('SET', KEYS[3], string.format('%d', fence))
    extend(now + fence_linger, {KEYS[3]})
end
call('HSET', KEYS[2], ARGV[3], (fixed and 'f' or 's') .. ARGV[2] .. string.format('%016d', fence) .. ARGV[4])
if fixed then
    start_term()
else
    call('SADD', KEYS[4], 'k' .. ARGV[4] .. '\0' .. ARGV[3])
    if was_fixed then
        call('ZREM', KEYS[5], term)
    end
end
return fence
