// What all commands share: where, which group, how fast, in which form.
#ifndef COTERIE_SRC_CLI_SETTINGS_HPP
#define COTERIE_SRC_CLI_SETTINGS_HPP

#include <coterie/options.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace coterie::cli {

struct settings
{
    std::string url = "redis://127.0.0.1:6379";
    std::optional<std::string> group;
    std::optional<std::chrono::milliseconds> heartbeat;
    std::optional<std::chrono::milliseconds> ttl;
    bool json = false;

    // To be shown.
    std::string url_without_password() const
    {
        auto const at = url.rfind('@');
        auto const scheme = url.find("://");
        return at == std::string::npos || scheme == std::string::npos ? url : url.substr(0, scheme + 3) + "***" + url.substr(at);
    }

    // The library's defaults for what was not given.
    group_config group_settings() const
    {
        group_config result;
        result.group_name = group.value_or(result.group_name);
        result.heartbeat = heartbeat.value_or(result.heartbeat);
        result.ttl = ttl;
        return result;
    }
};

}  // namespace coterie::cli

#endif
