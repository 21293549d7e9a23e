// What must be true of any history of acquisitions, whatever the network and the processes did. Knows nothing of the library.
#ifndef COTERIE_TEST_SIMULATION_LOCK_CHECKER_HPP
#define COTERIE_TEST_SIMULATION_LOCK_CHECKER_HPP

#include <coterie/options.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace coterie::simulation {

struct violation : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

struct acquisition
{
    int number = 0;
    int process = 0;
    std::vector<std::string> names;
    lock_mode mode = lock_mode::exclusive;
    std::uint32_t limit = 0;  // of permits
    bool waits = true;        // else it stands in no line
    std::uint64_t asked_at = 0;
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
    std::vector<acquisition const*> waiting_;
    std::vector<acquisition const*> holding_;
    std::set<int> unaware_;  // numbers of those who waited for what was taken by force
    std::map<std::string, fences> fences_;
};

}  // namespace coterie::simulation

#endif
