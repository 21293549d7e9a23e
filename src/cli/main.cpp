// The program coterie.
#include "command_line.hpp"
#include "exit_code.hpp"
#include "output.hpp"
#include "program.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    using namespace coterie::cli;
    try
    {
        auto const read = read_command_line({argv + 1, argv + argc});
        if (auto const* line = std::get_if<command_line>(&read))
            return run_program(*line);

        auto const& said = std::get<notice>(read);
        std::fprintf(said.code == exit_code::ok ? stdout : stderr, "%s\n", said.text.c_str());
        return said.code;
    }
    catch (std::exception const& e)
    {
        complain(e.what());
        return exit_code::error;
    }
}
