// A few numbers that all processes of a run share: what memoised results are results of.
#ifndef COTERIE_TEST_CHAOS_TRUTH_HPP
#define COTERIE_TEST_CHAOS_TRUTH_HPP

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace coterie::chaos {

class truth
{
public:
    explicit truth(std::filesystem::path const& folder)
    {
        int const file = ::open((folder / "truth").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0 || ::ftruncate(file, size) != 0)
            throw std::system_error{errno, std::generic_category(), "the truth"};
        auto* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        if (memory == MAP_FAILED)
            throw std::system_error{errno, std::generic_category(), "the truth"};
        numbers_ = static_cast<number*>(memory);
    }
    ~truth() { ::munmap(numbers_, size); }
    truth(truth const&) = delete;
    truth& operator=(truth const&) = delete;

    std::uint64_t read(std::size_t place) const { return numbers_[place].load(); }
    std::uint64_t change(std::size_t place) { return ++numbers_[place]; }

private:
    using number = std::atomic<std::uint64_t>;
    static_assert(number::is_always_lock_free);
    static constexpr std::size_t size = 4096;

    number* numbers_ = nullptr;
};

}  // namespace coterie::chaos

#endif
