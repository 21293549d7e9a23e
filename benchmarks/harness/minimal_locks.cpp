#include "minimal_locks.hpp"

#include "run.hpp"
#include "work.hpp"

#include <algorithm>
#include <cstddef>

namespace coterie::benchmarks {
namespace {

constexpr std::string_view owner = "0123456789abcdef0123456789abcdef";
constexpr std::string_view ttl_ms = "30000";

constexpr std::string_view take_script = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
constexpr std::string_view release_script = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
constexpr std::string_view hash_take_script = R"(
    if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
        redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return false
    end
    return redis.call('PTTL', KEYS[1]))";
constexpr std::string_view hash_release_script = R"(
    if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return false end
    if redis.call('HINCRBY', KEYS[1], ARGV[1], -1) > 0 then
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 0
    end
    redis.call('DEL', KEYS[1])
    redis.call('PUBLISH', KEYS[2], 0)
    return 1)";

asio::awaitable<void> keep_going(raw_connection& server, std::vector<lock_pair> const& locks, std::chrono::nanoseconds time,
                                 std::uint64_t& pairs)
{
    // Replies come in the order of the commands, so a ring knows whose the next one is.
    std::vector<bool> taken(locks.size(), false);
    std::vector<std::size_t> ring;
    std::string out;
    for (std::size_t i = 0; i < locks.size(); ++i)
    {
        out += locks[i].take;
        ring.push_back(i);
    }
    for (auto const end = now() + time; now() < end;)
    {
        co_await server.async_write(out);
        auto const replies = co_await server.async_read();
        out.clear();
        std::size_t count = 0;
        for (reply_finder found; found.next(replies); ++count)
        {
            auto const which = ring[count];
            out += taken[which] ? locks[which].take : locks[which].release;
            pairs += taken[which];
            taken[which] = !taken[which];
        }
        std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(count), ring.end());
    }
    co_await server.async_write(out);
    co_await server.async_read(locks.size());
}

}  // namespace

lock_pair minimal_pair(raw_connection& server, std::string_view name)
{
    lock_pair result;
    append_command(result.take, {"SET", name, owner, "NX", "PX", ttl_ms});
    append_command(result.release, {"EVALSHA", server.load(release_script), "1", name, owner});
    return result;
}

lock_pair scripted_pair(raw_connection& server, std::string_view name)
{
    auto result = minimal_pair(server, name);
    result.take.clear();
    append_command(result.take, {"EVALSHA", server.load(take_script), "1", name, owner, ttl_ms});
    return result;
}

lock_pair hash_pair(raw_connection& server, std::string_view name)
{
    lock_pair result;
    append_command(result.take, {"EVALSHA", server.load(hash_take_script), "1", name, owner, ttl_ms});
    append_command(result.release, {"EVALSHA", server.load(hash_release_script), "2", name, fmt::format("{}-freed", name), owner, ttl_ms});
    return result;
}

std::uint64_t pipeline(asio::io_context& io, raw_connection& server, std::vector<lock_pair> const& locks, std::chrono::nanoseconds time)
{
    std::uint64_t pairs = 0;
    run(io, keep_going(server, locks, time, pairs));
    return pairs;
}

}  // namespace coterie::benchmarks
