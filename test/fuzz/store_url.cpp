// The URL of a store: what is accepted means the same when it is written out in full, and what is refused tells no password.
#include "fuzz.hpp"

#include "src/core/store_url.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using coterie::core::parse_store_url;
using coterie::core::store_kind;
using coterie::core::store_url;

std::string escaped(std::string_view text)
{
    std::string result;
    for (auto const byte : text)
        result += fmt::format("%{:02x}", static_cast<unsigned char>(byte));
    return result;
}

std::string written_out(store_url const& url)
{
    if (url.kind == store_kind::memory)
        return "memory:" + escaped(url.name);
    bool const known = !url.user.empty() || !url.password.empty();
    auto const credentials = known ? escaped(url.user) + ":" + escaped(url.password) + "@" : "";
    if (url.kind == store_kind::unix_socket)
        return fmt::format("unix://{}/{}?db={}", credentials, escaped(std::string_view{url.path}.substr(1)), url.database);
    return fmt::format("redis{}://{}{}:{}/{}", url.tls ? "s" : "", credentials, escaped(url.host), url.port, url.database);
}

void check_refusal(std::string_view text, std::string_view message)
{
    constexpr std::string_view password = "hunter2";  // as in the corpus
    constexpr std::string_view begin = "url: ";
    fuzz::require(message.starts_with(begin) && message.size() > begin.size(), "a refusal has words");
    auto const scheme = text.substr(0, text.find(':'));
    fuzz::require(scheme.find(password) != scheme.npos || message.find(password) == message.npos, "no password is told");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = fuzz::text_of(data, size);
    try
    {
        auto const url = parse_store_url(text);
        fuzz::require(parse_store_url(written_out(url)) == url, "written out it is the same");
        fuzz::require(url.kind != store_kind::tcp || (!url.host.empty() && url.port != 0), "a server has a host and a port");
        fuzz::require(url.kind != store_kind::unix_socket || url.path.starts_with('/'), "a socket has a path");
        for (auto const* name : {&url.host, &url.path})
            fuzz::require(name->find('\0') == name->npos, "the system sees the whole name");
    }
    catch (std::invalid_argument const& refusal)
    {
        check_refusal(text, refusal.what());
    }
    return 0;
}
