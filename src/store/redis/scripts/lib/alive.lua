-- Deadline of a lease while it lasts, else nil. A lease that is missing from `leases` is dead.
local function alive(leases, lease, now)
    local deadline = tonumber(redis.call('ZSCORE', leases, lease) or 0)
    return deadline > now and deadline or nil
end
