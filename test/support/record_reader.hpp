// Takes pieces off the front of a record or event of a server; throws std::out_of_range where there is none.
#ifndef COTERIE_TEST_SUPPORT_RECORD_READER_HPP
#define COTERIE_TEST_SUPPORT_RECORD_READER_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace coterie::test {

class record_reader
{
public:
    explicit record_reader(std::string text) : text_{std::move(text)} {}

    bool at_end() const { return at_ == text_.size(); }

    std::string bytes(std::size_t count)
    {
        if (text_.size() - at_ < count)
            throw std::out_of_range{"cut off"};
        at_ += count;
        return text_.substr(at_ - count, count);
    }

    std::uint64_t number(std::size_t digits) { return std::strtoull(bytes(digits).c_str(), nullptr, 10); }

    std::string counted()
    {
        auto const colon = text_.find(':', at_);
        auto const count = std::strtoull(text_.substr(at_, colon - at_).c_str(), nullptr, 10);
        at_ = colon + 1;
        return bytes(count);
    }

private:
    std::string text_;
    std::size_t at_ = 0;
};

}  // namespace coterie::test

#endif
