-- The record of a place as it is shown.
-- A candidate's value may be large: `leader` tells that of who leads.
local function without_value(record)
    local function end_of_text(from)
        local colon = string.find(record, ':', from, true)
        return colon + tonumber(string.sub(record, from, colon - 1))
    end
    local owner_ends = end_of_text(61)
    return string.sub(record, 1, owner_ends) .. '0:' .. string.sub(record, end_of_text(owner_ends + 1) + 1)
end

local function place_shown(places, id)
    local record = redis.call('HGET', places, id)
    return record and without_value(record)
end
