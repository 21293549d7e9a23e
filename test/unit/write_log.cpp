// The log of writes finds what may be read without looking at all of them: just what its definition says, in histories of any order and any losses.
#include "test/checkers/write_log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>

namespace checkers = coterie::checkers;
using checkers::moment;

namespace {

// The definition, which looks at all writes each time.
struct definition
{
    std::deque<checkers::write> writes;
    moment lost = moment::min();

    std::multiset<std::string> possible(moment from, moment to, char but) const
    {
        std::multiset<std::string> result;
        moment settled = moment::min();
        for (auto const& each : writes)
            if (each.value[0] != but && each.answered < from)
                settled = std::max(settled, each.asked);
        if (settled <= lost)
            result.insert("nobody's");
        for (auto const& each : writes)
            if (each.value[0] != but && each.asked <= to && each.last >= settled)
                result.insert(each.value);
        return result;
    }

    std::size_t at_work(moment at, moment precision) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            writes, [&](checkers::write const& each) { return each.asked <= at + precision && each.last >= at - precision; }));
    }

    bool may_pause(checkers::write const& first, checkers::write const& second, moment pause) const
    {
        auto before = first.asked;
        bool found = false;
        for (auto const& each : writes)
            if (each.asked > first.asked && each.asked < second.asked && each.answered != moment::max())
            {
                found = found || each.answered - before >= pause;
                before = each.asked;
            }
        return found || second.last == moment::max() || second.last - before >= pause;
    }
};

// The same history for both, by chance.
struct two_logs
{
    explicit two_logs(unsigned seed) : random{seed} {}

    moment up_to(int limit) { return moment{std::uniform_int_distribution<int>{0, limit}(random)}; }

    void go_on()
    {
        now += up_to(3);
        if (auto const what = up_to(99).count(); what < 60 || plain.writes.empty())
        {
            auto const value = static_cast<char>('a' + up_to(2).count()) + std::to_string(plain.writes.size());
            open.insert(log.begin(value, now));
            plain.writes.push_back({value, now});
        }
        else if (what < 98 && !open.empty())
        {
            auto const which = *std::next(open.begin(), up_to(static_cast<int>(open.size()) - 1).count());
            if (up_to(20) == moment{0})
                return;  // that one never ends
            auto const success = up_to(3) != moment{0};
            auto const straggle = up_to(10);
            open.erase(which);
            log.end(which, now, success, straggle);
            plain.writes[which].answered = success ? now : moment::max();
            plain.writes[which].last = now + straggle;
        }
        else if (up_to(3) == moment{0})
            lose(now, up_to(5));
    }

    void lose(moment at, moment longer)
    {
        log.on_lost(at, longer);
        plain.lost = at;
        for (auto& each : plain.writes)
        {
            each.answered = moment::max();
            each.last += each.last == moment::max() ? moment{} : longer;
        }
    }

    void compare()
    {
        auto const from = now - up_to(30);
        auto const to = from + up_to(30);
        for (char const but : {'a', '-'})
        {
            std::multiset<std::string> found;
            for (auto const* each : log.possible(from, to, [&](checkers::write const& which) { return which.value[0] != but; }))
                found.insert(each != nullptr ? each->value : "nobody's");
            auto const expected = plain.possible(from, to, but);
            BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
        }
        auto const precision = up_to(3);
        BOOST_CHECK_EQUAL(log.at_work(from, precision), plain.at_work(from, precision));
        if (plain.writes.empty())
            return;
        auto const any = [&] { return plain.writes[static_cast<std::size_t>(up_to(static_cast<int>(plain.writes.size()) - 1).count())]; };
        auto const first = any();
        auto const second = any();
        auto const pause = up_to(12);
        BOOST_CHECK_EQUAL(log.may_pause(first, second, pause), plain.may_pause(first, second, pause));
    }

    std::mt19937 random;
    moment now{};
    checkers::write_log log;
    definition plain;
    std::set<checkers::write_log::token> open;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(write_log)

BOOST_AUTO_TEST_CASE(they_say_what_their_definition_says)
{
    for (unsigned seed = 1; seed <= 200; ++seed)
    {
        two_logs both{seed};
        for (int i = 0; i < 150; ++i)
        {
            both.go_on();
            both.compare();
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_told_too_late_is_refused)
{
    checkers::write_log log;
    log.begin("a", moment{2});
    BOOST_CHECK_THROW(log.begin("b", moment{1}), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
