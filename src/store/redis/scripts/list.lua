-- list: one page of the paths with a living value that match a glob: of `data` first, then of `keep`.
-- KEYS   data, keep, leases
-- ARGV   glob, cursor (empty: from the start; else d or k and the cursor of that hash), about how many a page
-- reply  {next cursor (empty: that was all), {path, ...}}
--@include time
--@include alive
--@include living

local _, now = time()
local paths = {}
local where, cursor = string.sub(ARGV[2], 1, 1), string.sub(ARGV[2], 2)

if where ~= 'k' then
    local page = redis.call('HSCAN', KEYS[1], where == '' and '0' or cursor, 'MATCH', ARGV[1], 'COUNT', ARGV[3])
    for i = 1, #page[2], 2 do
        if living(KEYS[3], page[2][i + 1], now) then
            table.insert(paths, page[2][i])
        end
    end
    if page[1] ~= '0' then
        return {'d' .. page[1], paths}
    end
    cursor = '0'
end

local page = redis.call('HSCAN', KEYS[2], cursor, 'MATCH', ARGV[1], 'COUNT', ARGV[3])
for i = 1, #page[2], 2 do
    table.insert(paths, page[2][i])
end
return {page[1] == '0' and '' or 'k' .. page[1], paths}
