// From an operation to the call of its script.
#ifndef COTERIE_SRC_STORE_REDIS_ENCODE_HPP
#define COTERIE_SRC_STORE_REDIS_ENCODE_HPP

#include "../operations.hpp"
#include "scripts.hpp"
#include "word_list.hpp"

#include <boost/redis/request.hpp>

#include <string_view>

namespace coterie::redis {

struct call
{
    script const* what = nullptr;
    word_list words{};  // the number of keys, the keys, the arguments
};

// The call's words stand in the order that the script's header tells.
call encode(std::string_view address, store::operation const&);

// By the script's name, which the server must know, or with its text.
enum class naming
{
    by_sha1,
    by_text,
};

void append(boost::redis::request&, call const&, naming);

}  // namespace coterie::redis

#endif
