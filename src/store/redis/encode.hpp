// From an operation to the call of its script.
#ifndef COTERIE_SRC_STORE_REDIS_ENCODE_HPP
#define COTERIE_SRC_STORE_REDIS_ENCODE_HPP

#include "../operations.hpp"
#include "scripts.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace coterie::redis {

struct call
{
    script const* what = nullptr;
    std::size_t keys = 0;            // how many of the words are keys
    std::vector<std::string> words;  // the keys, then the arguments
};

// The call's words stand in the order that the script's header tells.
call encode(std::string_view address, store::operation);

}  // namespace coterie::redis

#endif
