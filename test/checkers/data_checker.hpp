// What must be true of values: who reads gets what was written last, for as long as it lasts; where several write at once, what one of them wrote.
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

    // `precision`: by so much earlier or later may a term end.
    explicit data_checker(moment precision = {}) : precision_{precision} {}

    // A put, for a term maybe, or (no value) an erase. Tell of all of them, and then how each ended.
    token on_write(std::string const& path, std::optional<std::string> const& value, moment asked, moment term = moment::max())
    {
        return {path, logs_[path].begin(value ? "=" + *value : std::string{}, asked, term)};
    }
    void on_written(token const& which, moment at, bool success, moment straggle)
    {
        logs_[which.path].end(which.which, at, success, straggle);
    }

    // It ended, and has not left its writer.
    void on_not_written(token const& which) { logs_[which.path].withdraw(which.which); }

    // Terms may end so much earlier or later.
    void on_clock_step(moment by) { precision_ += by; }

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
        for (auto const* each : possible_writes(path, asked, answered))
        {
            if (wanted.empty() ? may_lack(each, answered) : may_show(each, wanted, asked))
                return;
            possible += each != nullptr ? " '" + each->value + "'" : " ''";
        }
        throw violation{"data: " + path + " was read as '" + wanted + "' at " + std::to_string(seconds(answered)) + ", possible were" +
                        possible};
    }

    // A list of paths names it, or not.
    void on_listed(std::string const& path, bool named, moment asked, moment answered)
    {
        for (auto const* each : possible_writes(path, asked, answered))
            if (named ? each != nullptr && !each->value.empty() && may_show(each, each->value, asked) : may_lack(each, answered))
                return;
        throw violation{"data: " + path + " is " + (named ? "" : "not ") + "named at " + std::to_string(seconds(answered))};
    }

private:
    std::vector<write const*> possible_writes(std::string const& path, moment asked, moment answered)
    {
        return logs_[path].possible(asked, answered, [](write const&) { return true; });
    }

    bool may_show(write const* what, std::string const& value, moment asked) const
    {
        if (what == nullptr || what->value != value)
            return false;
        bool const is_endless = what->last == moment::max() || what->term == moment::max();
        return is_endless || asked <= what->last + what->term + precision_;
    }
    bool may_lack(write const* what, moment answered) const
    {
        if (what == nullptr || what->value.empty())
            return true;
        return what->term != moment::max() && answered >= what->asked + what->term - precision_;
    }

    moment precision_;
    std::map<std::string, write_log> logs_;
};

}  // namespace coterie::checkers

#endif
