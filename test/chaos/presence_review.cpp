#include "review.hpp"

#include "settings.hpp"

#include "test/checkers/presence_checker.hpp"

namespace coterie::chaos {
namespace {

// For so long something sent before may still take effect: what a way or the server held, or a process that was stopped.
constexpr auto straggle = 4 * ttl;
constexpr auto precision = 5ms;  // of the server's clock, against that of the journals

// Of what is told and read. What streams tell after connections have broken may be told twice, so it is only looked at when all rest.
class presence_reviewer : public reviewer
{
public:
    void read(entry const& line, words const& read) override
    {
        auto const now = moment_of(line.time);
        if (read[0] == "tells")
        {
            auto& tokens = open_[number_in<int>(read.at(1))];
            auto const what = number_in<int>(read.at(2));
            for (std::size_t i = 4; i < read.size(); ++i)
                tokens.push_back(checker_.on_telling(std::string{read[i]}, std::string{read.at(3)}, known(what), now));
        }
        else if (read[0] == "told")
        {
            auto const ended = open_.extract(number_in<int>(read.at(1)));
            for (auto const& each : ended.mapped())
                checker_.on_told(each, now, read.at(2) == "done", straggle);
        }
        else if (read[0] == "read")
        {
            auto const asked = moment_of(nanoseconds{number_in<nanoseconds::rep>(read.at(1))});
            for (std::size_t i = 2; i < read.size(); ++i)
            {
                auto const [id, status] = pair_in(read[i]);
                checker_.on_read(id, known(number_in<int>(status)), asked, now);
            }
        }
    }

private:
    using telling = std::vector<checkers::presence_checker::token>;

    // To the checker who is unknown is offline.
    static int known(int what)
    {
        if (what == no_status)
            return checkers::presence_checker::refresh;
        return what <= static_cast<int>(status::offline) ? checkers::presence_checker::offline : what;
    }

    checkers::presence_checker checker_{moment_of(presence_ttl), moment_of(precision)};
    std::map<int, telling> open_;
};

}  // namespace

std::unique_ptr<reviewer> review_presence()
{
    return std::make_unique<presence_reviewer>();
}

}  // namespace coterie::chaos
