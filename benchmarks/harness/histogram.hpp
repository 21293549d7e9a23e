// Times of many events, kept within 1.6 %: 64 buckets for each power of two of nanoseconds, as HdrHistogram has them.
#ifndef COTERIE_BENCHMARKS_HARNESS_HISTOGRAM_HPP
#define COTERIE_BENCHMARKS_HARNESS_HISTOGRAM_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace coterie::benchmarks {

class histogram
{
public:
    void add(std::chrono::nanoseconds time)
    {
        auto const value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
        ++counts_[bucket(value)];
        ++count_;
        max_ = std::max(max_, value);
    }

    std::uint64_t count() const { return count_; }
    double max_us() const { return static_cast<double>(max_) / 1000; }

    // The time that this part of the events, 0 to 1, did not exceed.
    double percentile_us(double part) const
    {
        auto const rank = static_cast<std::uint64_t>(part * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i)
        {
            seen += counts_[i];
            if (seen > rank)
                return std::min(middle(i), static_cast<double>(max_)) / 1000;
        }
        return max_us();
    }

private:
    static constexpr unsigned bits = 6;
    static constexpr std::uint64_t per_power = 1U << bits;

    // Up to 2 * per_power each value has its own; from there on the highest bits count.
    static std::size_t bucket(std::uint64_t value)
    {
        auto const width = static_cast<unsigned>(std::bit_width(value | 1));
        auto const shift = width > bits + 1 ? width - bits - 1 : 0;
        return shift * per_power + (value >> shift);
    }

    static double middle(std::size_t bucket)
    {
        if (bucket < 2 * per_power)
            return static_cast<double>(bucket);
        auto const shift = bucket / per_power - 1;
        auto const first = (bucket - shift * per_power) << shift;
        return static_cast<double>(first) + static_cast<double>(std::uint64_t{1} << shift) / 2;
    }

    std::array<std::uint64_t, (64 - bits) * per_power + per_power> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace coterie::benchmarks

#endif
