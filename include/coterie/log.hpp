// How a program hears what coterie does by itself: reconnects, lost sessions, late beats.
#ifndef COTERIE_LOG_HPP
#define COTERIE_LOG_HPP

#include <functional>
#include <string_view>

namespace coterie {

enum class log_level
{
    debug,
    info,
    warning,
    error,
    off,  // as a threshold: nothing
};

// Called on the client's strand, one line a call, without a line end. Must not block or throw.
using log_function = std::function<void(log_level, std::string_view)>;

struct log_config
{
    log_level level = log_level::warning;  // what is below is not formatted
    log_function sink{};                   // empty: no log
};

}  // namespace coterie

#endif
