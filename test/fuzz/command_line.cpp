// The words of the program, one a line. Nothing is carried out.
#include "fuzz.hpp"

#include "src/cli/command_line.hpp"
#include "src/cli/exit_code.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace coterie::cli;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

void check(notice const& said)
{
    if (said.code == exit_code::ok)
        return fuzz::require(!said.text.empty(), "a help has words");
    constexpr std::string_view begin = "coterie: ";
    constexpr std::string_view end = "; see coterie --help";
    fuzz::require(said.code == exit_code::usage, "what is not understood is told by its code");
    fuzz::require(said.text.starts_with(begin) && said.text.ends_with(end) && said.text.size() > begin.size() + end.size(),
                  "a complaint says what is wrong");
}

void check(command_line const& line, words const& given)
{
    for (auto const length : {line.settings.heartbeat, line.settings.ttl})
        fuzz::require(length.value_or(0ms) >= 0ms && length.value_or(0ms) < 365 * 24h, "lengths of time are within bounds");
    std::visit(
        [&](auto const& command) {
            if constexpr (requires { command.program; })
            {
                auto const mark = std::find(given.begin(), given.end(), "--");
                words const program(mark == given.end() ? mark : std::next(mark), given.end());
                fuzz::require(command.program == program, "CMD is what follows the mark, to the letter");
            }
        },
        line.command);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto text = fuzz::text_of(data, size);
    words given;
    while (!text.empty())
        given.emplace_back(fuzz::take_line(text));

    auto const read = read_command_line(given);
    if (auto const* said = std::get_if<notice>(&read))
        check(*said);
    else
        check(std::get<command_line>(read), given);
    return 0;
}
