-- read_party: who is in a named set.
-- KEYS   party:<name>, or the key of a set that somebody else owns
-- ARGV   how many at most
-- reply  {id, ...}, or an error: too many
if redis.call('SCARD', KEYS[1]) > tonumber(ARGV[1]) then
    return redis.error_reply('ERR a party has ' .. ARGV[1] .. ' ids at most')
end
return redis.call('SMEMBERS', KEYS[1])
