-- After a change of epoch nobody gets a lock for as long as those who had one before may still believe in it; only they may confirm. The lease
-- `q` NUL is the time until then, or nil.
local quarantine = 'q\0'

local function quarantined(leases, now)
    return alive(leases, quarantine, now)
end
