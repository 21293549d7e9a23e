#include "journal.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace coterie::chaos {

journal::journal(std::filesystem::path const& folder, std::optional<int> process) : process_{process}
{
    if (!process_)
        return;
    file_ = ::open((folder / fmt::format("{}.journal", *process_)).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file_ < 0)
        throw std::system_error{errno, std::generic_category(), "a journal"};
}

journal::~journal()
{
    if (file_ >= 0)
        ::close(file_);
}

nanoseconds journal::now()
{
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

void journal::write(std::string const& line) const
{
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::system_error{errno, std::generic_category(), "a journal"};
}

}  // namespace coterie::chaos
