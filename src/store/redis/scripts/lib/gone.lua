-- The answer to a caller whose session does not have the generation it named: `found` is what `s:<sid>` holds.
local function gone(found)
    return redis.status_reply(found and 'STALE' or 'LOST')
end
