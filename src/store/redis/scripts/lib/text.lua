-- A string as it stands in an event.
local function text(s)
    return #s .. ':' .. s
end
