#include "jobs.hpp"

#include <boost/asio/multiple_exceptions.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <exception>
#include <system_error>

namespace coterie::simulation {
namespace {

// Of several violations in one step the first.
counts run_one(one_seed const& run, std::uint64_t seed)
{
    try
    {
        return run(seed);
    }
    catch (boost::asio::multiple_exceptions const& several)
    {
        std::rethrow_exception(several.first_exception());
    }
}

outcome run_each(std::uint64_t first, std::uint64_t end, std::uint64_t step, one_seed const& run)
{
    constexpr int enough = 10;

    outcome result;
    int broken_ones = 0;
    for (auto seed = first; seed < end && broken_ones < enough; seed += step)
        try
        {
            for (auto const& [name, number] : run_one(run, seed))
                result.all[name] += number;
            ++result.all["histories"];
        }
        catch (std::exception const& broken)
        {
            result.broken += fmt::format("seed {}: {}\n", seed, broken.what());
            ++broken_ones;
        }
    return result;
}

// As text through a pipe: counts as "name=number", a line each, then what was broken.
std::string packed(outcome const& what)
{
    std::string text;
    for (auto const& [name, number] : what.all)
        text += fmt::format("{}={}\n", name, number);
    return text + "\n" + what.broken;
}

void unpack(std::string const& text, outcome& into)
{
    std::size_t at = 0;
    while (at < text.size() && text[at] != '\n')
    {
        auto const equals = text.find('=', at);
        auto const end = text.find('\n', at);
        std::uint64_t number = 0;
        std::from_chars(text.data() + equals + 1, text.data() + end, number);
        into.all[text.substr(at, equals - at)] += number;
        at = end + 1;
    }
    if (at >= text.size())
        into.broken += "a job ended without a word\n";
    else
        into.broken += text.substr(at + 1);
}

int start(std::function<outcome()> const& work)
{
    int ends[2];
    if (::pipe(ends) != 0)
        throw std::system_error{errno, std::system_category(), "pipe"};
    auto const child = ::fork();
    if (child < 0)
        throw std::system_error{errno, std::system_category(), "fork"};
    if (child == 0)
    {
        ::close(ends[0]);
        auto const text = packed(work());
        for (std::size_t sent = 0; sent < text.size();)
        {
            auto const more = ::write(ends[1], text.data() + sent, text.size() - sent);
            if (more <= 0)
                break;
            sent += static_cast<std::size_t>(more);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    return ends[0];
}

std::string read_all(int from)
{
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(from, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    ::close(from);
    return text;
}

}  // namespace

outcome run_seeds(std::uint64_t first, std::uint64_t count, unsigned jobs, one_seed const& run)
{
    if (jobs <= 1)
        return run_each(first, first + count, 1, run);
    std::vector<int> pipes;
    for (unsigned i = 0; i < jobs; ++i)
        pipes.push_back(start([&, i] { return run_each(first + i, first + count, jobs, run); }));
    outcome result;
    for (auto const each : pipes)
        unpack(read_all(each), result);
    while (::wait(nullptr) > 0)
        continue;
    return result;
}

}  // namespace coterie::simulation
