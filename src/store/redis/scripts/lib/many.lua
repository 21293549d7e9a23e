-- One command for many arguments: a Lua call takes only some thousands. The chunk is even, so that pairs stay together.
local function many(command, key, arguments)
    for first = 1, #arguments, 1000 do
        redis.call(command, key, unpack(arguments, first, math.min(first + 999, #arguments)))
    end
end
