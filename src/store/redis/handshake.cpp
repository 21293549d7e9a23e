#include "handshake.hpp"

#include <coterie/error.hpp>

#include <cstddef>
#include <string>

namespace coterie::redis {

using boost::system::error_code;

boost::redis::request make_handshake(core::store_url const& credentials, std::string_view client_name)
{
    boost::redis::request result;
    auto const user = credentials.user.empty() ? std::string_view{"default"} : std::string_view{credentials.user};
    if (credentials.user.empty() && credentials.password.empty())
        result.hello_setname(client_name);
    else
        result.hello_setname(user, credentials.password, client_name);
    if (credentials.database != 0)
        result.push("SELECT", credentials.database);
    result.push("PING");  // HELLO is answered even by a server that is still loading its data
    return result;
}

static bool new_enough(std::string_view server, std::string_view version)
{
    auto const major = to_unsigned(version.substr(0, version.find('.')));
    return major && *major >= (server == "valkey" ? 8U : 7U);
}

static error_code judge_hello(resp_value const& hello)
{
    if (hello.is(resp_value::kind::error))
    {
        // A server that does not know the command repeats its arguments, and with them the password.
        if (hello.is_error("NOPROTO") || hello.text.find("unknown command") != std::string::npos)
            return make_error_code(errc::unsupported_server, "it does not speak RESP3 (HELLO 3)");
        return make_error_code(errc::refused, hello.text);
    }
    auto const server = find_text(hello, "server");
    auto const version = find_text(hello, "version");
    if (!new_enough(server, version))
        return make_error_code(errc::unsupported_server, "this is " + std::string{server} + ' ' + std::string{version});
    if (find_text(hello, "role") == "replica")
        return make_error_code(errc::refused, "the server is a replica; a primary is needed");
    return {};
}

error_code judge_handshake(replies const& answers)
{
    if (answers.empty())
        return make_error_code(errc::refused, "no answer to HELLO");
    if (auto const error = judge_hello(answers.front()))
        return error;
    for (std::size_t i = 1; i < answers.size(); ++i)
    {
        // A user may be kept from PING: that is no reason to refuse the server.
        bool const last = i + 1 == answers.size();
        if (answers[i].is(resp_value::kind::error) && !(last && answers[i].is_error("NOPERM")))
            return make_error_code(errc::refused, answers[i].text);
    }
    return {};
}

}  // namespace coterie::redis
