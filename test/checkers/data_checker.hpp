// What must be true of values: who reads gets what was written last; where several write at once, what one of them wrote.
#ifndef COTERIE_TEST_CHECKERS_DATA_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_DATA_CHECKER_HPP

#include "write_log.hpp"

#include <map>
#include <optional>
#include <string>

namespace coterie::checkers {

class data_checker
{
public:
    struct token
    {
        std::string path;
        write_log::token which;
    };

    // A put, or (no value) an erase. Tell of all of them, and then how each ended.
    token on_write(std::string const& path, std::optional<std::string> const& value, moment asked)
    {
        return {path, logs_[path].begin(value ? "=" + *value : std::string{}, asked)};
    }
    void on_written(token const& which, moment at, bool success, moment straggle)
    {
        logs_[which.path].end(which.which, at, success, straggle);
    }

    // All is lost, or a replica without the newest writes took over.
    void on_lost(moment at)
    {
        for (auto& [path, log] : logs_)
            log.on_lost(at);
    }

    void on_read(std::string const& path, std::optional<std::string> const& value, moment asked, moment answered)
    {
        auto const wanted = value ? "=" + *value : std::string{};
        std::string possible;
        for (auto const* each : logs_[path].possible(asked, answered, [](write const&) { return true; }))
        {
            auto const may_be = each != nullptr ? each->value : std::string{};
            if (may_be == wanted)
                return;
            possible += " '" + may_be + "'";
        }
        throw violation{"data: " + path + " was read as '" + wanted + "' at " + std::to_string(seconds(answered)) + ", possible were" +
                        possible};
    }

private:
    std::map<std::string, write_log> logs_;
};

}  // namespace coterie::checkers

#endif
