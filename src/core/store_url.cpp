#include "store_url.hpp"

#include <uriparser/Uri.h>

#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>

namespace coterie::core {
namespace {

[[noreturn]] void refuse(std::string const& what)
{
    throw std::invalid_argument{"url: " + what};
}

std::string_view raw(UriTextRangeA const& range)
{
    return range.first == nullptr ? std::string_view{} : std::string_view{range.first, range.afterLast};
}

std::string decoded(std::string_view text)
{
    std::string result{text};
    result.resize(static_cast<std::size_t>(uriUnescapeInPlaceA(result.data()) - result.data()));
    return result;
}

template <class Number>
std::optional<Number> number(std::string_view text)
{
    Number value{};
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string path_of(UriUriA const& uri)
{
    std::string result;
    for (auto const* segment = uri.pathHead; segment != nullptr; segment = segment->next)
        result += (result.empty() ? "" : "/") + decoded(raw(segment->text));
    return result;
}

// The system would take what is before a zero byte for the whole.
void check_name(std::string const& what, std::string_view name)
{
    if (name.find('\0') != name.npos)
        refuse("the " + what + " has a zero byte (%00)");
}

std::uint32_t database_of(std::string_view text)
{
    auto const database = number<std::uint32_t>(text);
    if (!database)
        refuse("the database is not a number: use redis://host:port/0 or unix:///path?db=0");
    return *database;
}

void read_credentials(UriUriA const& uri, store_url& result)
{
    auto const info = raw(uri.userInfo);
    auto const colon = info.find(':');
    result.user = decoded(info.substr(0, colon));
    if (colon != std::string_view::npos)
        result.password = decoded(info.substr(colon + 1));
    if (!result.user.empty() && result.password.empty())
        refuse("a user without a password: use redis://user:password@host");
}

store_url parse_tcp(UriUriA const& uri, bool tls)
{
    store_url result;
    result.tls = tls;
    read_credentials(uri, result);
    result.host = decoded(raw(uri.hostText));
    if (result.host.empty())
        refuse("the host is missing: use redis://host:port");
    check_name("host", result.host);
    if (auto const text = raw(uri.portText); !text.empty())
    {
        result.port = number<std::uint16_t>(text).value_or(0);
        if (result.port == 0)
            refuse("the port is not a number from 1 to 65535");
    }
    if (auto const path = path_of(uri); !path.empty())
        result.database = database_of(path);
    if (uri.query.first != nullptr)
        refuse("unknown query: a URL of a TCP server takes none");
    return result;
}

store_url parse_unix(UriUriA const& uri)
{
    store_url result;
    result.kind = store_kind::unix_socket;
    read_credentials(uri, result);
    if (!raw(uri.hostText).empty())
        refuse("a unix socket has no host: use unix:///path/to/socket");
    auto const path = path_of(uri);
    if (path.empty())
        refuse("the path of the socket is missing: use unix:///path/to/socket");
    check_name("path of the socket", path);
    result.path = "/" + path;
    if (auto const query = raw(uri.query); uri.query.first != nullptr)
    {
        if (!query.starts_with("db="))
            refuse("unknown query: a URL of a unix socket takes only ?db=N");
        result.database = database_of(query.substr(3));
    }
    return result;
}

store_url parse_memory(UriUriA const& uri)
{
    store_url result;
    result.kind = store_kind::memory;
    result.name = path_of(uri);
    if (uri.hostText.first != nullptr || uri.query.first != nullptr)
        refuse("a memory store is memory: or memory:NAME");
    return result;
}

}  // namespace

store_url parse_store_url(std::string_view text)
{
    UriUriA uri;
    char const* error_at = nullptr;
    if (uriParseSingleUriExA(&uri, text.data(), text.data() + text.size(), &error_at) != URI_SUCCESS)
        refuse("not a URL: use redis://host:port, unix:///path or memory:");
    std::unique_ptr<UriUriA, decltype(&uriFreeUriMembersA)> const owner{&uri, &uriFreeUriMembersA};

    if (uri.fragment.first != nullptr)
        refuse("a URL of a store has no #fragment; write # in a password as %23");
    auto const scheme = raw(uri.scheme);
    if (scheme == "memory")
        return parse_memory(uri);
    if (scheme == "redis" || scheme == "valkey")
        return parse_tcp(uri, false);
    if (scheme == "rediss" || scheme == "valkeys")
        return parse_tcp(uri, true);
    if (scheme == "unix" || scheme == "redis+unix" || scheme == "valkey+unix")
        return parse_unix(uri);
    refuse("unknown scheme '" + std::string{scheme} + "': use redis, valkey, rediss, valkeys, unix or memory");
}

}  // namespace coterie::core
