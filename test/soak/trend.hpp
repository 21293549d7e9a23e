// Whether a quantity grows, by many samples of it.
#ifndef COTERIE_TEST_CHAOS_TREND_HPP
#define COTERIE_TEST_CHAOS_TREND_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

namespace coterie::chaos {

class trend
{
public:
    void sample(double value) { values_.push_back(value); }

    double first() const { return values_.front(); }
    double last() const { return values_.back(); }
    std::size_t count() const { return values_.size(); }

    // By how much it grows over all samples: the median of the slopes between any two of them (Theil and Sen), which a few outliers do not move.
    double growth() const
    {
        std::vector<double> slopes;
        for (std::size_t i = 0; i < values_.size(); ++i)
            for (std::size_t j = i + 1; j < values_.size(); ++j)
                slopes.push_back((values_[j] - values_[i]) / static_cast<double>(j - i));
        if (slopes.empty())
            return 0;
        auto const middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
        std::nth_element(slopes.begin(), middle, slopes.end());
        return *middle * static_cast<double>(values_.size());
    }

private:
    std::vector<double> values_;
};

}  // namespace coterie::chaos

#endif
