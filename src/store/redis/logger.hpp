// Lines for the log function of the client; what is below the level is not formatted.
#ifndef COTERIE_SRC_STORE_REDIS_LOGGER_HPP
#define COTERIE_SRC_STORE_REDIS_LOGGER_HPP

#include <coterie/log.hpp>

#include <fmt/format.h>

#include <string>
#include <utility>

namespace coterie::redis {

class logger
{
public:
    logger(log_config config, std::string prefix) : config_{std::move(config)}, prefix_{std::move(prefix)} {}

    template <class... Parts>
    void operator()(log_level level, fmt::format_string<Parts...> format, Parts&&... parts) const
    {
        if (config_.sink && level >= config_.level)
            config_.sink(level, prefix_ + fmt::format(format, std::forward<Parts>(parts)...));
    }

private:
    log_config config_;
    std::string prefix_;
};

}  // namespace coterie::redis

#endif
