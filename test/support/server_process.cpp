#include "server_process.hpp"

#include "resp_client.hpp"
#include "test_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>

#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace coterie::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto start_limit = 20s;
constexpr auto look_again = 5ms;

// Below the range from which outgoing connections take theirs, so that a restarted server finds its port free.
std::uint16_t free_port()
{
    std::random_device random;
    std::uniform_int_distribution<int> among{15'000, 29'999};
    for (;;)
    {
        auto const port = static_cast<std::uint16_t>(among(random));
        asio::io_context context;
        asio::ip::tcp::acceptor acceptor{context, asio::ip::tcp::v4()};
        boost::system::error_code taken;
        acceptor.bind({asio::ip::address_v4::loopback(), port}, taken);
        if (!taken)
            return port;
    }
}

std::filesystem::path make_folder()
{
    auto name = (std::filesystem::temp_directory_path() / "coterie-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error{"no folder can be made in " + std::filesystem::temp_directory_path().string()};
    return name;
}

}  // namespace

server_process::server_process(std::string kind, std::vector<std::string> config)
    : kind_{std::move(kind)}
    , program_{server_program(kind_)}
    , config_{std::move(config)}
{
    if (program_.empty())
        throw std::runtime_error{"there is no " + kind_ + "-server on this machine"};
    folder_ = make_folder();
    for (int tries = 0; tries < 10; ++tries)
    {
        port_ = free_port();
        if (try_start())
            return;
    }
    auto const words = log();
    std::filesystem::remove_all(folder_);
    throw std::runtime_error{kind_ + "-server does not start: " + words};
}

server_process::~server_process()
{
    process_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void server_process::kill()
{
    process_.reset();
    std::filesystem::remove(folder_ / "dump.rdb");
}

void server_process::freeze()
{
    process_->freeze();
}

void server_process::thaw()
{
    process_->thaw();
}

void server_process::start()
{
    if (!try_start())
        throw std::runtime_error{kind_ + "-server does not start again: " + log()};
}

void server_process::restart_empty()
{
    kill();
    start();
}

void server_process::restart_with_data()
{
    try
    {
        resp_client{socket()}({"SHUTDOWN", "SAVE"});
    }
    catch (boost::system::system_error const&)
    {
        // It ends instead of answering.
    }
    if (!process_->wait(10s))
        throw std::runtime_error{kind_ + "-server does not end: " + log()};
    start();
}

std::string server_process::log() const
{
    std::ifstream file{folder_ / "log"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string server_process::write_config() const
{
    auto const path = (folder_ / "config").string();
    std::ofstream file{path};
    file << "bind 127.0.0.1\nport " << port_ << "\nunixsocket " << socket() << "\nunixsocketperm 700\ndir " << folder_.string()
         << "\nlogfile " << (folder_ / "log").string() << "\nsave \"\"\nappendonly no\ndaemonize no\nenable-debug-command yes\n";
    for (auto const& line : config_)
        file << line << '\n';
    return path;
}

bool server_process::answers() const
{
    try
    {
        auto const answer = resp_client{socket()}({"PING"});
        return answer.text == "PONG" || answer.text.starts_with("NOAUTH") || answer.text.starts_with("NOPERM");
    }
    catch (boost::system::system_error const&)
    {
        return false;
    }
}

bool server_process::try_start()
{
    std::filesystem::remove(socket());
    process_ = std::make_unique<child_process>(child_process::strings{program_, write_config()});
    auto const until = std::chrono::steady_clock::now() + start_limit;
    while (process_->running() && std::chrono::steady_clock::now() < until)
    {
        if (answers())
            return true;
        std::this_thread::sleep_for(look_again);  // nothing tells when a server is ready: ask again and again
    }
    process_.reset();
    return false;
}

}  // namespace coterie::test
