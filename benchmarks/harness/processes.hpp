// Further processes, and memory they share with this one.
#ifndef COTERIE_BENCHMARKS_HARNESS_PROCESSES_HPP
#define COTERIE_BENCHMARKS_HARNESS_PROCESSES_HPP

#include <sys/mman.h>
#include <sys/types.h>

#include <functional>
#include <new>
#include <type_traits>
#include <vector>

namespace coterie::benchmarks {

// A T, all zero at first. Made before the processes that share it.
template <class T>
class shared
{
    static_assert(std::is_trivially_destructible_v<T>);

public:
    shared() : memory_{mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)}
    {
        if (memory_ == MAP_FAILED)
            throw std::bad_alloc{};
    }
    ~shared() { munmap(memory_, sizeof(T)); }
    shared(shared const&) = delete;

    T& operator*() const { return *static_cast<T*>(memory_); }
    T* operator->() const { return static_cast<T*>(memory_); }

private:
    void* memory_;
};

// Ends with this object: by SIGKILL, if it has not ended by itself.
class child
{
public:
    // What it throws ends it, with a line on stderr.
    explicit child(std::function<void()> const& what);
    ~child();
    child(child&&) noexcept;

    // Returns when it has ended by itself; throws if it failed.
    void join();
    void kill();

private:
    pid_t pid_;
};

// As many, each with its number; returns when all have ended.
void run_processes(int count, std::function<void(int)> const& what);

}  // namespace coterie::benchmarks

#endif
