// coterie_soak: many connectors in one process that come, do everything, and go, while connections break: memory stays as it is, and nothing is left in
// the server. Whether memory grows can be told from ten minutes on.
#include "trend.hpp"

#include "test/chaos/command_line.hpp"
#include "test/chaos/leftovers.hpp"
#include "test/chaos/settings.hpp"
#include "test/chaos/worker.hpp"
#include "test/support/proxy.hpp"
#include "test/support/resp_client.hpp"
#include "test/support/server_process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <exception>
#include <fstream>
#include <memory>
#include <random>
#include <string>

namespace coterie::soak {
namespace {

using namespace chaos;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr auto enough_to_tell = 10min;
constexpr double MiB = 1024 * 1024;

// `slack`: what it may grow by in a run without being taken for a leak; and by a twentieth.
struct quantity
{
    char const* name;
    double slack;
    trend values{};

    bool grows() const { return values.growth() > slack + values.first() / 20; }
};

class soak
{
public:
    soak(settings const& plan, std::filesystem::path folder) : plan_{plan}, folder_{std::move(folder)}, random_{plan.seed} {}

    // False: something grows.
    bool run()
    {
        for (std::size_t slot = 0; slot < plan_.workers; ++slot)
            start(live(slot));
        start(trouble());
        start(observe());
        io_.run();  // until nothing of the library runs any more
        require_nothing_is_left(server_.socket());
        return report();
    }

private:
    static std::array<std::unique_ptr<test::proxy>, 4> ways_to(std::uint16_t port)
    {
        std::array<std::unique_ptr<test::proxy>, 4> result;
        for (auto& each : result)
            each = std::make_unique<test::proxy>(port);
        return result;
    }

    bool over() const { return steady::now() >= end_; }
    milliseconds up_to(milliseconds most)
    {
        return milliseconds{std::uniform_int_distribution<milliseconds::rep>{0, most.count()}(random_)};
    }

    void start(asio::awaitable<void> what)
    {
        asio::co_spawn(io_, std::move(what), [](std::exception_ptr error) {
            if (error)
                std::rethrow_exception(error);
        });
    }

    asio::awaitable<void> live(std::size_t slot)
    {
        while (!over())
        {
            worker_settings mine;
            mine.number = ++lives_;
            mine.slot = slot;
            mine.slots = plan_.workers;
            mine.url = ways_[slot % ways_.size()]->url();
            mine.seed = random_();
            mine.folder = folder_;
            mine.silent = true;
            auto const one = std::make_unique<worker>(io_, mine);
            one->begin();
            co_await worker::pause(1s + up_to(8s));
            co_await one->close();
        }
    }

    asio::awaitable<void> trouble()
    {
        while (!over())
        {
            co_await worker::pause(up_to(4s));
            auto& way = *ways_[random_() % ways_.size()];
            switch (random_() % 5)
            {
            case 0: way.cut(); break;
            case 1: random_() % 2 == 0 ? way.hold() : way.hold_on_the_way(); break;
            case 2: way.hold_replies(); break;
            case 3: way.refuse(); break;
            default: test::resp_client{server_.socket()}({"CLIENT", "KILL", "TYPE", "pubsub"}); break;
            }
            co_await worker::pause(up_to(2 * ttl));
            way.pass();
        }
    }

    asio::awaitable<void> observe()
    {
        auto const warm_up = plan_.time / 5;
        co_await worker::pause(warm_up);
        while (!over())
        {
            look();
            co_await worker::pause(std::max<milliseconds>(1s, plan_.time / 500));
        }
    }

    void look()
    {
        std::ifstream statm{"/proc/self/statm"};
        double size = 0;
        double resident = 0;
        statm >> size >> resident;
        resident_.values.sample(resident * static_cast<double>(::sysconf(_SC_PAGESIZE)));
        auto const heap = ::mallinfo2();
        allocated_.values.sample(static_cast<double>(heap.uordblks + heap.hblkhd));
        auto const info = test::resp_client{server_.socket()}({"INFO", "memory"}).text;
        server_memory_.values.sample(std::stod(info.substr(info.find("used_memory:") + 12)));
    }

    bool report() const
    {
        bool flat = true;
        fmt::print("{} lives of connectors, {} samples\n", lives_, allocated_.values.count());
        for (auto const* each : {&resident_, &allocated_, &server_memory_})
        {
            bool const grows = plan_.time >= enough_to_tell && each->grows();
            flat = flat && !grows;
            if (each->values.count() > 0)
                fmt::print("{:<17} first {:6.2f} MiB, last {:6.2f} MiB, trend {:+.2f} MiB{}\n", each->name, each->values.first() / MiB,
                           each->values.last() / MiB, each->values.growth() / MiB, grows ? ": it grows" : "");
        }
        fmt::print("nothing is left in the server\n");
        return flat;
    }

    settings const& plan_;
    std::filesystem::path folder_;
    std::mt19937_64 random_;
    steady::time_point end_ = steady::now() + plan_.time;
    test::server_process server_{plan_.store};
    std::array<std::unique_ptr<test::proxy>, 4> ways_ = ways_to(server_.port());
    asio::io_context io_{1};
    int lives_ = 0;
    quantity resident_{"resident", 2 * MiB};
    quantity allocated_{"allocated", MiB / 2};
    quantity server_memory_{"of the server", MiB};
};

}  // namespace
}  // namespace coterie::soak

int main(int argc, char** argv)
{
    using namespace coterie;
    return chaos::run_program("coterie_soak", [&] {
        auto const plan = chaos::read_settings({argv + 1, argv + argc});
        auto const folder = chaos::make_folder();
        bool const flat = soak::soak{plan, folder}.run();
        std::filesystem::remove_all(folder);
        return flat ? 0 : 1;
    });
}
