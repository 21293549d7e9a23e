-- Whether that is the lease of a session. The names of the others have a NUL as their second byte.
local function is_session(lease)
    return #lease == 16 and string.byte(lease, 2) ~= 0
end
