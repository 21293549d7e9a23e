// Gives every file of a folder to a target once, in builds without libFuzzer.
#include "fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

int main(int argc, char** argv)
{
    if (argc != 2)
        return 2;
    std::vector<std::filesystem::path> files;
    for (auto const& file : std::filesystem::directory_iterator{argv[1]})
        files.push_back(file.path());
    std::ranges::sort(files);
    for (auto const& file : files)
    {
        std::printf("%s\n", file.filename().c_str());
        std::fflush(stdout);
        std::ifstream in{file, std::ios::binary};
        std::string const input{std::istreambuf_iterator<char>{in}, {}};
        LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(input.data()), input.size());
    }
    return files.empty() ? 1 : 0;
}
