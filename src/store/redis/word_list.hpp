// Words one after the other, in one piece of memory: what a command says.
#ifndef COTERIE_SRC_STORE_REDIS_WORD_LIST_HPP
#define COTERIE_SRC_STORE_REDIS_WORD_LIST_HPP

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::redis {

class word_list
{
public:
    void reserve(std::size_t words, std::size_t bytes)
    {
        ends_.reserve(words);
        text_.reserve(bytes);
    }

    // One word, put together from parts.
    template <class... Parts>
    void add(Parts const&... parts)
    {
        (text_.append(std::string_view{parts}), ...);
        ends_.push_back(text_.size());
    }

    std::size_t size() const noexcept { return ends_.size(); }
    std::size_t bytes() const noexcept { return text_.size(); }
    std::string_view operator[](std::size_t at) const
    {
        auto const begin = at == 0 ? 0 : ends_[at - 1];
        return std::string_view{text_}.substr(begin, ends_[at] - begin);
    }

    class iterator
    {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = std::string_view;

        iterator() = default;
        iterator(word_list const& words, std::size_t at) : words_{&words}, at_{at} {}

        std::string_view operator*() const { return (*words_)[at_]; }
        iterator& operator++()
        {
            ++at_;
            return *this;
        }
        iterator operator++(int) { return {*words_, at_++}; }
        bool operator==(iterator const&) const = default;

    private:
        word_list const* words_ = nullptr;
        std::size_t at_ = 0;
    };

    iterator begin() const { return {*this, 0}; }
    iterator end() const { return {*this, size()}; }

private:
    std::string text_;
    std::vector<std::size_t> ends_;
};

}  // namespace coterie::redis

#endif
