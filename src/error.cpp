#include <coterie/error.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace coterie {
namespace {

char const* text(errc value)
{
    switch (value)
    {
    case errc::bad_url:
        return "the URL of the store cannot be read; use redis://[user:password@]host[:port][/database], unix:///path or memory:";
    case errc::bad_name: return "bad name: use 1 to 512 bytes without {, } and control characters";
    case errc::bad_argument: return "an argument is out of its range; see the documentation of the operation";
    case errc::not_connected: return "the store could not be reached and nothing was sent; check that it runs, then try again";
    case errc::outcome_unknown: return "the request was sent and no reply came; it may have taken effect: look, or do it again";
    case errc::timed_out: return "the given time is over; wait longer or try again";
    case errc::closed: return "the connector was closed; make a new one";
    case errc::not_owner: return "it belongs to somebody else; only its owner can do this";
    case errc::lost: return "the lease ended, and with it what was held; stop relying on it and acquire it again";
    case errc::refused: return "the server refused";
    case errc::too_large:
        return "a value is larger than 1 MiB, or a memoised result than 64 MiB; store it elsewhere and keep its address here";
    case errc::unsupported_server: return "unsupported server; redis-server >= 7.0 or valkey-server >= 8.0 is needed";
    case errc::not_replicated:
        return "fewer replicas than min_replicas have it, so it was given back; look at the server's replicas, or ask for fewer";
    case errc::generator_failed: return "another process could not generate it";
    case errc::stale: return "the session went on under a newer connection";
    }
    return "unknown error";
}

// Categories with one id are equal, so codes with and without words are too.
class coterie_category : public boost::system::error_category
{
public:
    explicit coterie_category(std::string words = {}) : error_category{0x9d3a51c07be2f684}, words_{std::move(words)} {}

    char const* name() const noexcept override { return "coterie"; }

    std::string message(int value) const override
    {
        std::string result = text(static_cast<errc>(value));
        return words_.empty() ? result : result + ": " + words_;
    }

private:
    std::string words_;
};

}  // namespace

boost::system::error_category const& category() noexcept
{
    static coterie_category const instance;
    return instance;
}

error_code make_error_code(errc value) noexcept
{
    return {static_cast<int>(value), category()};
}

error_code make_error_code(errc value, std::string_view words)
{
    constexpr std::size_t most_categories = 256;
    constexpr std::size_t longest_words = 512;

    // A code points at its category for ever, so categories are never destroyed, and never more than these.
    static auto& mutex = *new std::mutex;
    static auto& known = *new std::map<std::string, coterie_category, std::less<>>;

    words = words.substr(0, longest_words);
    std::lock_guard const guard{mutex};
    auto found = known.find(words);
    if (found == known.end())
    {
        if (known.size() == most_categories)
            return value;
        found = known.try_emplace(std::string{words}, std::string{words}).first;
    }
    return {static_cast<int>(value), found->second};
}

}  // namespace coterie
