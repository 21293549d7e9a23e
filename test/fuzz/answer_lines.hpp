// What a server sends, as lines, one for each node: as many blanks as it lies deep, the letter of its RESP3 type, and its text:
//     *
//      :1700000000000
//      $some bytes
// Any lines are some answer, whether a server could send it or not.
#ifndef COTERIE_TEST_FUZZ_ANSWER_LINES_HPP
#define COTERIE_TEST_FUZZ_ANSWER_LINES_HPP

#include "fuzz.hpp"

#include "src/store/redis/collector.hpp"

#include <boost/redis/resp3/type.hpp>

#include <algorithm>
#include <string_view>

namespace fuzz {

inline coterie::redis::replies read_answers(std::string_view text)
{
    namespace resp3 = boost::redis::resp3;
    constexpr std::size_t deepest = 6;  // the parser of Boost.Redis refuses more

    coterie::redis::replies result;
    while (!text.empty())
    {
        auto line = take_line(text);
        auto const depth = std::min(line.find_first_not_of(' '), line.size());
        line.remove_prefix(depth);
        if (line.empty() || depth > deepest)
            continue;
        resp3::node_view node;
        node.data_type = resp3::to_type(line.front());
        node.depth = depth;
        node.aggregate_size = line.size();
        node.value = line.substr(1);
        coterie::redis::add_node(result, node);
    }
    return result;
}

}  // namespace fuzz

#endif
