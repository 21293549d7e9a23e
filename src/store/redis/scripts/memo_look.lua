-- memo_look: the result, and the lease to generate one.
-- KEYS   v, g
-- ARGV   token (empty: only look), lease (ms), refresh (0 or 1)
-- reply  {now, record or nil, the fence if the caller generates or nil, until when another does or nil, under which fence}
-- keeps  one generates at a time; a retry gets the same fence, and no more time; later fences are larger
--@include time
--@include event
--@include memo

local record = redis.call('GET', KEYS[1])
local generation = read_generation(KEYS[2])
local header = header_of(record)
local us, now = time()
if not header then
    record = false
end
local fresh = header and now < tonumber(string.sub(header, 30, 42))
if ARGV[1] == '' or (fresh and ARGV[3] == '0') then
    return {now, record, false, false, 0}
end

-- One that lasts for ever is not ours.
local deadline = generation and redis.call('PEXPIRETIME', KEYS[2]) + 1 or 0
if deadline > 0 and string.sub(generation, 17) == ARGV[1] then
    return {now, record, fence_of(generation), false, 0}
elseif deadline > 0 then
    return {now, record, false, deadline, fence_of(generation)}
end

local fence = new_fence(us, header, generation)
redis.call('SET', KEYS[2], string.format('%016d', fence) .. ARGV[1], 'PXAT', string.format('%d', later(now, ARGV[2]) - 1))
return {now, record, fence, false, 0}
