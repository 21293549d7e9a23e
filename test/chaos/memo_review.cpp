#include "review.hpp"

#include "settings.hpp"

#include "test/checkers/memo_checker.hpp"

namespace coterie::chaos {
namespace {

class memo_reviewer : public reviewer
{
public:
    void read(entry const& line, words const& read) override
    {
        if (read[0] != "changed" && read[0] != "got")
            return;
        auto& checker = read.at(1) == "cached" ? cached_ : shared_;
        std::string const id{read.at(2)};
        auto const version = number_in<int>(read.at(3));
        if (read[0] == "changed")
            return checker.on_changed(id, version, moment_of(line.time));
        auto const asked = moment_of(nanoseconds{number_in<nanoseconds::rep>(read.at(4))});
        checker.on_got(id, version, asked, number_in<int>(read.at(5)));
    }

private:
    checkers::memo_checker shared_{checkers::moment{0}};
    checkers::memo_checker cached_{moment_of(local_ttl)};
};

}  // namespace

std::unique_ptr<reviewer> review_results()
{
    return std::make_unique<memo_reviewer>();
}

}  // namespace coterie::chaos
