#!lua flags=allow-oom
-- close: ends the caller's own session.
-- KEYS   leases, locks, members, data, fence, epoch, events, last, queue, places, shares, channel, beats, s:<sid>, held:<sid>
-- ARGV   generation, sid, how many attachments at most
-- reply  {1 if done, 0: call again; event or nil}; STALE
-- keeps  the session is dead for good before anything of it goes; when it leaves `leases`, nothing names it
--@include time
--@include alive
--@include gone
--@include life
--@include text
--@include many
--@include event
--@include quarantine
--@include fence
--@include place
--@include role
--@include line
--@include reap

local k = ending_keys()
local found = redis.call('GET', KEYS[14])
if found and found ~= ARGV[1] then
    return gone(found)
end
local deadline = redis.call('ZSCORE', k.leases, ARGV[2])
if not found and (not deadline or tonumber(deadline) ~= 0) then
    return {1, false}  -- what is left of it is for a reap
end

local us, now = time()
local plan = new_plan(tonumber(ARGV[3]))
plan_session(k, plan, ARGV[2], KEYS[14], KEYS[15])
plan_unlisted(k, plan)
local event = carry_out(k, plan, us, now)
if type(event) == 'table' then
    return event
end
return {plan.sessions[1].whole and 1 or 0, event}
