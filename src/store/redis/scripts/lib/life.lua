-- How long a group's container keys last: 60 s (linger) longer than its leases. The fence lasts a day longer, so that it does not
-- go back when a group ends and begins again, even if the server's clock does.
local linger = 60000
local fence_linger = 86400000

-- Lets each key last until `at` at least.
local function extend(at, keys)
    at = string.format('%d', at)
    for _, key in ipairs(keys) do
        if redis.call('PEXPIREAT', key, at, 'NX') == 0 then
            redis.call('PEXPIREAT', key, at, 'GT')
        end
    end
end

-- Gives each key that this script may have made the life of `leases`.
local function share(leases, now, keys)
    local at = redis.call('PEXPIRETIME', leases)
    if at < 0 then
        at = now + linger
    end
    for _, key in ipairs(keys) do
        redis.call('PEXPIREAT', key, string.format('%d', at), 'NX')
    end
end
