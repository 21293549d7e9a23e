-- A memoised result: its record in `v` (a header of fixed width, then the bytes) and who generates in `g` (fence:16, token:16). What is there and
-- is not ours counts as none, and is written over: so a record of another version heals.
-- A key is gone once its expiry time has passed, a lease at its deadline: hence one less.
local header_width = 53

-- `at` and so many ms; times have 13 digits.
local function later(at, ms)
    return math.min(at + ms, 9999999999999)
end

-- The header of a record, or nil.
local function header_of(record)
    local header = record and string.sub(record, 1, header_width)
    return header and #header == header_width and string.find(header, '^%d+[vn]$') and header or nil
end

local function read_header(v)
    return header_of(redis.call('GETRANGE', v, 0, header_width - 1))
end

-- Fence and token of who generates, or nil.
local function read_generation(g)
    local found = redis.call('GET', g)
    return found and #found == 32 and not string.find(string.sub(found, 1, 16), '%D') and found or nil
end

local function fence_of(text)
    return text and tonumber(string.sub(text, 1, 16)) or 0
end

local function new_fence(us, header, generation)
    return math.max(us, fence_of(header) + 1, fence_of(generation) + 1)
end

-- Writes a result; answers its header. The bytes are put together with it once, as they may be many.
local function write_result(v, fence, now, kind, bytes, ttl, stale, cost)
    local fresh_until = later(now, ttl)
    local header = string.format('%016d%013d%013d%010d%s', fence, now, fresh_until, math.min(cost, 9999999999), kind)
    redis.call('SET', v, header .. bytes, 'PXAT', string.format('%d', later(fresh_until, stale) - 1))
    return header
end

-- What is told of anything but a result.
local function header_without_result(fence, kind)
    return string.format('%016d%s%s', fence, string.rep('0', 36), kind)
end

-- Who may not publish has done what he did all the same: who waits looks again when the lease ends.
local function tell(channel, header, bytes)
    if may_publish(channel) then
        publish(channel, header .. (#bytes > 65536 and 'l' or 'w' .. bytes))
    end
end
