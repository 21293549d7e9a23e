// A store and sessions in it, as tests speak to them: each call waits for its reply.
#ifndef COTERIE_TEST_SUPPORT_CLIENT_HPP
#define COTERIE_TEST_SUPPORT_CLIENT_HPP

#include "bench.hpp"

#include <coterie/error.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace coterie {

// How Boost.Test shows it.
inline std::ostream& boost_test_print_type(std::ostream& out, errc value)
{
    return out << make_error_code(value);
}

}  // namespace coterie

namespace coterie::test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// An error, or the reply: looking at the reply where there is an error fails the test.
template <class Operation>
struct outcome
{
    using reply_type = typename Operation::reply;

    error_code error;
    reply_type reply{};

    reply_type const* operator->() const
    {
        BOOST_REQUIRE_MESSAGE(!error, "unexpected error: " << error.message());
        return &reply;
    }

    reply_type const& operator*() const { return *operator->(); }
};

class client final : public store::observer
{
public:
    // Connects, and waits until it is connected. `url`: see bench::make_store().
    explicit client(bench&, std::string group = "g", std::string const& url = {});

    // Connects and does not wait: what is wrong with the server is seen in `why_down`.
    struct later
    {
    };
    client(bench&, later, std::string const& url);
    ~client();

    bench& on() const { return bench_; }

    template <class Operation>
    outcome<Operation> operator()(Operation operation)
    {
        auto const result = send(std::move(operation));
        BOOST_REQUIRE_MESSAGE(bench_.run_until([&] { return result->has_value(); }), "no reply");
        return **result;
    }

    // Does not wait: the outcome is there later.
    template <class Operation>
    std::shared_ptr<std::optional<outcome<Operation>>> send(Operation operation)
    {
        auto result = std::make_shared<std::optional<outcome<Operation>>>();
        submit(std::move(operation), [result](error_code error, store::reply reply) {
            BOOST_CHECK_MESSAGE(!result->has_value(), "completed twice");
            auto* const right = std::get_if<typename Operation::reply>(&reply);
            BOOST_CHECK_MESSAGE(error || right != nullptr, "the reply to another operation");
            *result = outcome<Operation>{error, right != nullptr ? std::move(*right) : typename Operation::reply{}};
        });
        return result;
    }

    // Operations that belong to no session.
    outcome<store::snapshot> snapshot(std::string cursor = {}, std::uint32_t limit = 1000);
    outcome<store::history> history(core::revision after, std::uint32_t limit = 256);
    outcome<store::inspect> inspect(std::string name);
    std::optional<store::claim> holder(std::string name);  // the only one
    core::server_time deadline(std::string name);          // his
    outcome<store::reap> reap(std::vector<store::session_id> dead = {});
    outcome<store::get> get(std::string path);
    outcome<store::erase> erase(std::string path, store::session_id own = {});
    outcome<store::unlock> unlock(store::claim);
    outcome<store::force> force(store::claim);
    std::vector<std::string> list(std::string pattern, std::uint32_t limit = 1000);  // all pages, sorted, each once

    // Members that count, as "name=value", sorted: a snapshot without the dead.
    std::vector<std::string> living();

    error_code watch(store::session_id session = {});  // the group, or the grants to a session
    void unwatch();

    // Does not wait: the result is there later.
    std::shared_ptr<std::optional<error_code>> start_watch(store::topic const&);
    void unwatch(store::topic const&);

    // The next event, in the order of arrival.
    core::event next_event();

    store::news next_news();

    std::string group;                // or another address
    std::vector<core::event> events;  // pushed, and not yet taken
    std::vector<store::news> news;
    std::vector<store::grant> grants;
    int looks = 0;
    int gaps = 0;
    std::uint64_t generation = 0;  // the newest one of on_up()
    bool up = false;
    std::vector<error_code> why_down;

private:
    void on_up(std::uint64_t) override;
    void on_down(error_code) override;
    void on_event(std::string const&, core::event const&) override;
    void on_grant(std::string const&, store::grant const&) override;
    void on_news(std::string const&, store::news const&) override;
    void on_gap() override;
    void submit(store::operation, store::store::handler);

    bench& bench_;
    std::unique_ptr<store::store> store_;
};

}  // namespace coterie::test

#endif
