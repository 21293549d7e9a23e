// Results whose truth is a number that grows: whoever changes it invalidates the result; whoever gets one tells which number it was.
#include "programs.hpp"
#include "truth.hpp"

#include <boost/system/system_error.hpp>

#include <charconv>

namespace coterie::chaos {
namespace {

constexpr std::size_t results = 4;

struct choice
{
    memo& from;
    char const* name;
    std::size_t place;  // of its truth
    std::string id;
};

choice any(worker& me)
{
    auto const which = me.below(results);
    bool const cached = me.one_in(2);
    return {cached ? me.cached : me.shared, cached ? "cached" : "shared", which + (cached ? results : 0), fmt::format("r{}", which)};
}

}  // namespace

asio::awaitable<void> ask_for_results(worker& me)
{
    truth all{me.here.folder};
    while (me.busy())
    {
        auto const one = any(me);
        auto const generate = [&]() -> asio::awaitable<memo_result> {
            auto const version = all.read(one.place);
            co_await worker::pause(me.up_to(100ms));
            memo_result result;
            result.value = std::to_string(version);
            result.ttl = 1ms + me.up_to(3s);
            co_return result;
        };
        memo_get_options options;
        options.refresh = me.one_in(10);
        auto const asked = journal::now();
        auto const [failed, value] = co_await one.from.async_get(one.id, 5s, generate, options, as_tuple);
        if (!failed && value)
            me.log.tell("got {} {} {} {} {}", one.name, one.id, *value, asked.count(), all.read(one.place));
        co_await worker::pause(me.up_to(150ms));
    }
}

asio::awaitable<void> change_results(worker& me)
{
    truth all{me.here.folder};
    while (me.busy())
    {
        auto const one = any(me);
        auto const version = all.change(one.place);
        auto const [failed, was_there] = co_await one.from.async_invalidate(one.id, as_tuple);
        if (!failed)
            me.log.tell("changed {} {} {}", one.name, one.id, version);
        co_await worker::pause(me.up_to(2s));
    }
}

}  // namespace coterie::chaos
