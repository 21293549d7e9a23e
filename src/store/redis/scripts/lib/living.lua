-- Whether a record of `data` is a living value: its session is alive, or its own deadline has not come.
local function living(leases, record, now)
    if string.sub(record, 1, 1) == 't' then
        return tonumber(string.sub(record, 2, 14)) > now
    end
    return alive(leases, string.sub(record, 2, 17), now) ~= nil
end
