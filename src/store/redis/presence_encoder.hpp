// The calls of the scripts for a shard of a presence space.
#ifndef COTERIE_SRC_STORE_REDIS_PRESENCE_ENCODER_HPP
#define COTERIE_SRC_STORE_REDIS_PRESENCE_ENCODER_HPP

#include "call_builder.hpp"

namespace coterie::redis {

class presence_encoder : call_builder
{
public:
    using call_builder::call_builder;

    call operator()(store::appear const& op)
    {
        begin<"appear">(7);
        whole_shard(op.how);
        add(number(op.ttl + op.how.linger), op.source, op.what ? std::to_string(static_cast<int>(*op.what)) : "");
        add(flag(op.text.has_value()), op.text.value_or(""), flag(op.value.has_value()), op.value.value_or(""));
        add_all(op.ids);
        return take();
    }

    call operator()(store::refresh const& op)
    {
        begin<"refresh">(7);
        whole_shard(op.how);
        add(number(op.ttl + op.how.linger), op.source);
        add_all(op.ids);
        return take();
    }

    call operator()(store::disappear const& op)
    {
        begin<"disappear">(7);
        whole_shard(op.how);
        add(flag(!op.source), op.source.value_or(""));
        add_all(op.ids);
        return take();
    }

    call operator()(store::look_up const& op)
    {
        begin<"look_up">(5);
        containers({"due", "here", "gone", "spans", "last"});
        add(number(op.how.linger), number(op.how.forget));
        add_all(op.ids);
        return take();
    }

    call operator()(store::roll_call const& op)
    {
        begin<"roll_call">(4);
        containers({"due", "here", "spans", "last"});
        add(number(op.how.linger), number(op.how.forget), op.cursor, number(op.limit));
        return take();
    }

    call operator()(store::lapse const& op)
    {
        begin<"lapse">(7);
        whole_shard(op.how);
        add(number(store::lapse::most));
        return take();
    }

    call operator()(store::head_count const& op)
    {
        begin<"head_count">(7);
        whole_shard(op.how);
        add(number(store::lapse::most));
        return take();
    }

    call operator()(store::change_party const& op)
    {
        begin<"change_party">(1);
        add(keys().party(op.name), number(op.add.size()));
        add_all(op.add);
        add_all(op.remove);
        return take();
    }

    call operator()(store::read_party const& op)
    {
        begin<"read_party">(1);
        if (op.foreign_key.empty())
            add(keys().party(op.name));
        else
            add(op.foreign_key);
        add(number(store::read_party::most));
        return take();
    }

private:
    void whole_shard(store::presence_tempo const& how)
    {
        containers({"due", "here", "gone", "spans", "events", "last"});
        add(keys().events(), number(how.linger), number(how.forget));
    }

    void add_all(std::vector<std::string> const& words)
    {
        for (auto const& word : words)
            add(word);
    }
};

}  // namespace coterie::redis

#endif
