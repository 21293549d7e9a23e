#include "encode.hpp"

#include "call_builder.hpp"
#include "memo_encoder.hpp"
#include "presence_encoder.hpp"

#include <fmt/format.h>

#include <random>
#include <string_view>
#include <utility>
#include <variant>

namespace coterie::redis {
namespace {

// Kept only by a group that has none yet.
std::string random_epoch()
{
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

std::string claim_record(store::claim const& c)
{
    return fmt::format("s{}{:016}{}", c.session, c.fence, c.owner);
}

std::string place_id(store::claim const& c)
{
    return fmt::format("{}{:016}", c.session, c.place);
}

// What a claim is named in `held` of its session.
std::string claim_attachment(store::claim const& c)
{
    if (c.place != 0)
        return fmt::format("w{:016}", c.place);
    auto result = "k" + c.owner;
    result += '\0';
    return result += c.names.front();
}

class group_encoder : call_builder
{
public:
    using call_builder::call_builder;

    call operator()(store::open const& op)
    {
        begin<"open">(15);
        add(keys().session(op.who.session), keys().of("leases"), keys().held(op.who.session));
        containers({"locks", "fence", "epoch", "members", "data", "events", "last", "queue", "places", "shares", "beats"});
        add(keys().events());
        add(op.who.session, number(op.who.generation), number(op.ttl), flag(op.resume), number(op.fence_floor), random_epoch(),
            op.known_epoch);
        return take();
    }

    call operator()(store::beat const& op)
    {
        begin<"beat">(op.touch ? 14 : 4);
        add(keys().session(op.who.session));
        containers({"leases", "last", "beats"});
        if (op.touch)
        {
            add(keys().of("fence"), keys().held(op.who.session));
            containers({"members", "locks", "data", "epoch", "events", "queue", "places", "shares"});
        }
        add(number(op.who.generation), op.who.session, number(op.ttl));
        return take();
    }

    call operator()(store::join const& op)
    {
        begin<"join">(7);
        membership(op.who);
        add(number(op.who.generation), op.who.session, flag(op.update_only));
        for (auto const& member : op.members)
            add(member.name, member.value);
        return take();
    }

    call operator()(store::leave const& op)
    {
        begin<"leave">(7);
        membership(op.who);
        add(number(op.who.generation), op.who.session);
        for (auto const& name : op.names)
            add(name);
        return take();
    }

    call operator()(store::snapshot const& op)
    {
        begin<"snapshot">(3);
        containers({"members", "last", "leases"});
        add(op.cursor, number(op.limit), number(store::snapshot::whole), number(store::snapshot::whole_bytes),
            number(store::snapshot::page_bytes));
        return take();
    }

    call operator()(store::history const& op)
    {
        begin<"history">(2);
        containers({"events", "last"});
        add(number(op.after), number(op.limit), number(store::history::bytes));
        return take();
    }

    call operator()(store::lock const& op)
    {
        begin<"lock">(5);
        add(keys().session(op.who.session), keys().of("locks"), keys().of("fence"), keys().held(op.who.session), keys().of("leases"));
        add(number(op.who.generation), op.who.session, op.name, op.owner);
        return take();
    }

    call operator()(store::acquire const& op)
    {
        begin<"acquire">(12);
        line_of(op.who.session);
        add(number(op.who.generation), op.who.session, fmt::format("{:016}", op.place), flag(op.wait),
            std::string(1, static_cast<char>(op.mode)), op.term.count() != 0 ? "f" : "s", number(op.term), number(op.limit),
            number(op.fences), number(op.confirmed), op.owner, op.value, keys().prefix());
        for (auto const& name : op.names)
            add(name);
        return take();
    }

    call operator()(store::withdraw const& op)
    {
        begin<"withdraw">(12);
        line_of(op.who.session);
        add(number(op.who.generation), op.who.session, fmt::format("{:016}", op.place), keys().prefix());
        return take();
    }

    call operator()(store::unlock const& op)
    {
        begin<"unlock">(op.hand_over ? 8 : 2);
        add(keys().of("locks"), keys().held(op.held.session));
        if (op.hand_over)
            containers({"queue", "places", "shares", "leases", "fence", "epoch"});
        add(op.held.names.front(), claim_record(op.held), claim_attachment(op.held));
        if (op.hand_over)
            add(keys().prefix());
        return take();
    }

    call operator()(store::force const& op)
    {
        begin<"force">(12);
        line_of(op.held.session);
        add(keys().prefix(), claim_attachment(op.held));
        if (op.held.place != 0)
            add(place_id(op.held), number(op.held.fence), "place");
        else
            add(op.held.names.front(), claim_record(op.held));
        return take();
    }

    call operator()(store::inventory const& op)
    {
        begin<"inventory">(4);
        add(keys().session(op.who.session), keys().held(op.who.session), keys().of("locks"), keys().of("places"));
        add(number(op.who.generation), op.who.session, op.cursor, number(op.limit));
        return take();
    }

    call operator()(store::verify const& op)
    {
        begin<"verify">(4);
        add(keys().session(op.who.session));
        containers({"locks", "places", "leases"});
        add(number(op.who.generation));
        for (auto const& c : op.claims)
            claim_to_look_for(c);
        return take();
    }

    // WAIT comes after it: see replicator.
    call operator()(store::replicate const& op)
    {
        begin<"replicate">(4);
        containers({"locks", "places", "leases", "sync"});
        claim_to_look_for(op.held);
        return take();
    }

    call operator()(store::inspect const& op)
    {
        begin<"inspect">(5);
        containers({"locks", "queue", "places", "shares", "leases"});
        add(op.name, number(store::inspect::most));
        return take();
    }

    call operator()(store::waiting const& op)
    {
        begin<"waiting">(3);
        containers({"queue", "places", "leases"});
        add(op.cursor, number(op.limit));
        return take();
    }

    call operator()(store::proclaim const& op)
    {
        begin<"proclaim">(6);
        add(keys().session(op.who.session));
        containers({"places", "members", "leases", "events", "last"});
        add(number(op.who.generation), place_id(op.held), number(op.held.fence), op.held.names.front(), op.value, keys().prefix());
        return take();
    }

    call operator()(store::leader const& op)
    {
        begin<"leader">(3);
        containers({"locks", "members", "leases"});
        add(op.role);
        return take();
    }

    call operator()(store::reap const& op)
    {
        begin<"reap">(13 + 2 * op.dead.size());
        ending();
        for (auto const& sid : op.dead)
            add(keys().session(sid), keys().held(sid));
        add(number(store::reap::batch), number(store::reap::sessions));
        for (auto const& sid : op.dead)
            add(sid);
        return take();
    }

    call operator()(store::close const& op)
    {
        begin<"close">(15);
        ending();
        add(keys().session(op.who.session), keys().held(op.who.session));
        add(number(op.who.generation), op.who.session, number(store::reap::batch));
        return take();
    }

    call operator()(store::put const& op)
    {
        bool const ephemeral = op.life == store::lifetime::ephemeral;
        bool const of_session = ephemeral || !op.who.session.empty();
        begin<"put">(ephemeral ? 5 : of_session ? 4 : 3);
        containers({"data", "keep", "leases"});
        if (of_session)
            add(keys().held(op.who.session));
        if (ephemeral)
            add(keys().session(op.who.session));
        add(op.path, op.value, std::string(1, static_cast<char>(op.life)), flag(op.if_absent), number(op.term));
        add(number(op.who.generation), op.who.session);
        return take();
    }

    call operator()(store::get const& op)
    {
        begin<"get">(3);
        containers({"data", "keep", "leases"});
        add(op.path);
        return take();
    }

    call operator()(store::erase const& op)
    {
        begin<"erase">(op.session.empty() ? 3 : 4);
        containers({"data", "keep", "leases"});
        if (!op.session.empty())
            add(keys().held(op.session));
        add(op.path);
        if (!op.session.empty())
            add(op.session);
        return take();
    }

    call operator()(store::list const& op)
    {
        begin<"list">(3);
        containers({"data", "keep", "leases"});
        add(op.pattern, op.cursor, number(op.limit));
        return take();
    }

private:
    void claim_to_look_for(store::claim const& c)
    {
        if (c.place != 0)
            add(place_id(c), fmt::format("{:016}", c.fence), c.fixed ? "f" : "s");
        else
            add(c.names.front(), claim_record(c), "");
    }

    void membership(store::caller const& who)
    {
        add(keys().session(who.session), keys().of("members"), keys().held(who.session));
        containers({"leases", "events", "last"});
        add(keys().events());
    }

    void ending()
    {
        containers({"leases", "locks", "members", "data", "fence", "epoch", "events", "last", "queue", "places", "shares"});
        add(keys().events(), keys().of("beats"));
    }

    void line_of(store::session_id const& sid)
    {
        add(keys().session(sid), keys().held(sid));
        containers({"locks", "queue", "places", "shares", "leases", "fence", "epoch", "members", "events", "last"});
    }
};

}  // namespace

call encode(std::string_view address, store::operation const& op)
{
    return std::visit(
        [&](auto const& one) {
            if constexpr (requires { group_encoder{address}(one); })
                return group_encoder{address}(one);
            else if constexpr (requires { presence_encoder{address}(one); })
                return presence_encoder{address}(one);
            else
                return memo_encoder{address}(one);
        },
        op);
}

void append(boost::redis::request& to, call const& what, naming how)
{
    constexpr std::size_t frame = 16;  // of a word: its length, and what ends it
    auto const& name = how == naming::by_text ? what.what->text : what.what->sha1;
    to.reserve(to.payload().size() + name.size() + what.words.bytes() + frame * (what.words.size() + 3));
    to.push_range(how == naming::by_text ? "EVAL" : "EVALSHA", name, what.words.begin(), what.words.end());
}

}  // namespace coterie::redis
