// The calls of the operations on a memoised result.
#ifndef COTERIE_SRC_STORE_REDIS_MEMO_ENCODER_HPP
#define COTERIE_SRC_STORE_REDIS_MEMO_ENCODER_HPP

#include "call_builder.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace coterie::redis {

class memo_encoder : call_builder
{
public:
    using call_builder::call_builder;

    call operator()(store::memo_look const& op)
    {
        begin<"memo_look">(2);
        containers({"v", "g"});
        add(op.token, number(op.lease), flag(op.refresh));
        return take();
    }

    call operator()(store::memo_publish const& op)
    {
        begin<"memo_publish">(3);
        containers({"v", "g", "ev"});
        add(generation(op.fence, op.token), letter(op.kind), op.bytes, number(op.ttl), number(op.stale), number(op.cost));
        return take();
    }

    call operator()(store::memo_release const& op)
    {
        begin<"memo_release">(2);
        containers({"g", "ev"});
        add(generation(op.fence, op.token));
        return take();
    }

    call operator()(store::memo_renew const& op)
    {
        begin<"memo_renew">(1);
        containers({"g"});
        add(generation(op.fence, op.token), number(op.lease));
        return take();
    }

    call operator()(store::memo_store const& op)
    {
        begin<"memo_store">(3);
        containers({"v", "g", "ev"});
        add(letter(op.kind), op.bytes, number(op.ttl), number(op.stale), number(op.cost));
        return take();
    }

    call operator()(store::memo_erase const&)
    {
        begin<"memo_erase">(3);
        containers({"v", "g", "ev"});
        return take();
    }

private:
    // As it stands in `g`.
    static std::string generation(std::uint64_t fence, std::string const& token) { return fmt::format("{:016}{}", fence, token); }

    static std::string letter(store::memo_kind kind) { return std::string(1, static_cast<char>(kind)); }
};

}  // namespace coterie::redis

#endif
