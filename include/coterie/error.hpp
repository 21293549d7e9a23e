// Errors of coterie.
#ifndef COTERIE_ERROR_HPP
#define COTERIE_ERROR_HPP

#include <boost/system/error_code.hpp>

#include <string_view>
#include <type_traits>

namespace coterie {

using boost::system::error_code;

// One value a meaning; the message of each tells the remedy.
enum class errc
{
    bad_url = 1,         // the URL of the store cannot be read
    bad_name,            // a name is empty, too long, or holds {, } or a control character
    bad_argument,        // a duration or option is out of its range
    not_connected,       // the store could not be reached in time; nothing was sent
    outcome_unknown,     // it was sent, and no reply came in time
    timed_out,           // the time given by the caller is over
    closed,              // the connector or client was closed
    not_owner,           // the lock or member belongs to another
    lost,                // the lease ended, and what hung on it
    refused,             // the server said no; the message holds its words
    too_large,           // a value is larger than 1 MiB, a memoised result than 64 MiB
    unsupported_server,  // the server is too old or lacks what is needed; the message says what
    not_replicated,      // fewer replicas have it than lock_options::min_replicas; it was given back
    stale,               // the session went on under a newer connection; handled inside, never reported
    generator_failed,    // another process could not generate a memoised result; the exception holds its words
};

boost::system::error_category const& category() noexcept;

error_code make_error_code(errc) noexcept;

// The same code with the server's words added to its message. Codes with different words are equal.
// Words are kept for the life of the process; of more than 256 different ones the rest is dropped.
error_code make_error_code(errc, std::string_view words);

}  // namespace coterie

template <>
struct boost::system::is_error_code_enum<coterie::errc> : std::true_type
{
};

#endif
