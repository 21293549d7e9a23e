// The main function of all test executables. A test on a server that this machine lacks ends as skipped.
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/included/unit_test.hpp>

#include "test_store.hpp"

#include <cstdio>

int main(int argc, char** argv)
{
    auto const kind = coterie::test::store_kind();
    if (kind != "memory" && coterie::test::server_program(kind).empty())
    {
        std::printf("skipped: no %s-server in COTERIE_%s_SERVER or PATH\n", kind.c_str(), kind == "redis" ? "REDIS" : "VALKEY");
        return 77;
    }
    return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
