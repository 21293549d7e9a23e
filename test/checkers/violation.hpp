// What all checkers of histories share. A checker knows nothing of the library: it is told what was done, seen and answered, and
// when, as plain values; so a history may be simulated or merged from the logs of real processes. It throws when a promise is broken.
#ifndef COTERIE_TEST_CHECKERS_VIOLATION_HPP
#define COTERIE_TEST_CHECKERS_VIOLATION_HPP

#include <chrono>
#include <stdexcept>

namespace coterie::checkers {

// By one clock, the same for the whole history.
using moment = std::chrono::microseconds;

struct violation : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

inline double seconds(moment when)
{
    return std::chrono::duration<double>(when).count();
}

}  // namespace coterie::checkers

#endif
