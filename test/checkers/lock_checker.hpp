// What must be true of any history of acquisitions, whatever the network and the processes did:
// exclusion (nobody is granted what another believes to hold), fencing, order of arrival, and that nobody waits for what is free.
#ifndef COTERIE_TEST_CHECKERS_LOCK_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_LOCK_CHECKER_HPP

#include "violation.hpp"

#include <coterie/options.hpp>  // lock_mode

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace coterie::checkers {

struct acquisition
{
    int number = 0;
    int process = 0;
    std::vector<std::string> names;
    lock_mode mode = lock_mode::exclusive;
    std::uint32_t limit = 0;  // of permits
    bool waits = true;        // else it stands in no line
    moment asked_at{};
    std::uint64_t fence = 0;

    // Whether its holder would say that he holds it, if he looked now.
    std::function<bool()> believed{};
};

class lock_checker
{
public:
    // `fifo`: nothing delays a request on its way, so that who asks first is first.
    explicit lock_checker(bool fifo) : fifo_{fifo} {}

    void on_asked(acquisition const& one) { waiting_.push_back(&one); }
    void on_given_up(acquisition const& one) { std::erase(waiting_, &one); }
    void on_granted(acquisition const&);
    void on_released(acquisition const& one) { std::erase(holding_, &one); }

    // Whoever holds it learns that later, and so does who was granted it before and is told after: they are not to be blamed.
    void on_forced(std::string const& name);

    // The same for all locks, and for whoever asks before then: a replica without the newest writes took over, or the server's clock was
    // stepped (until each holder's lease was renewed, or is over). Of everybody else all is promised, at once.
    void on_all_forced(moment until);

    // Everybody who still waits is forgotten by the store.
    void require_nobody_waits() const;

private:
    void check_exclusion(acquisition const&) const;
    void check_fence(acquisition const&);
    void check_order(acquisition const&) const;

    struct fences
    {
        std::uint64_t newest = 0;
        std::uint64_t newest_exclusive = 0;
    };

    bool fifo_;
    moment excused_until_ = moment::min();  // those who ask before
    std::vector<acquisition const*> waiting_;
    std::vector<acquisition const*> holding_;
    std::set<int> unaware_;  // numbers of those who waited for what was taken by force
    std::map<std::string, fences> fences_;
};

}  // namespace coterie::checkers

#endif
