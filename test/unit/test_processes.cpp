// The helper of other tests: nothing that it started survives it.
#include "test/support/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace coterie::test {
namespace {

// Whether the process behind a pidfd ends in time.
bool ends(int process)
{
    pollfd watched{process, POLLIN, 0};
    return ::poll(&watched, 1, 10'000) == 1;
}

BOOST_AUTO_TEST_SUITE(test_processes)

BOOST_AUTO_TEST_CASE(kill_ends_its_children_too)
{
    child_process shell{{"sh", "-c", "sleep 3600 & echo $!; wait"}};
    auto const line = shell.line();
    BOOST_TEST_REQUIRE(line.has_value());
    int const grandchild = static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(*line), 0));
    BOOST_TEST_REQUIRE(grandchild >= 0);
    shell.kill();
    BOOST_TEST(ends(grandchild));
    BOOST_TEST(shell.wait().value_or(0) == 128 + 9);
    ::close(grandchild);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace coterie::test
