#include "server.hpp"

#include "../address.hpp"
#include "operation_name.hpp"

#include <coterie/error.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace asio = boost::asio;

namespace coterie::store::memory {
namespace {

using request_kind = testing::request_fault::kind;
using push_kind = testing::push_fault::kind;

bool needs_memory(message const& request)
{
    if (auto const* const look = request.what ? std::get_if<memo_look>(&*request.what) : nullptr)
        return !look->token.empty();
    if (auto const* const result = request.what ? std::get_if<memo_publish>(&*request.what) : nullptr)
        return result->kind != memo_kind::failed;
    return request.what && (std::holds_alternative<join>(*request.what) || std::holds_alternative<lock>(*request.what) ||
                            std::holds_alternative<acquire>(*request.what) || std::holds_alternative<proclaim>(*request.what) ||
                            std::holds_alternative<put>(*request.what) || std::holds_alternative<memo_store>(*request.what) ||
                            std::holds_alternative<appear>(*request.what) || std::holds_alternative<change_party>(*request.what));
}

// Calls the client's end on its strand, if it is still there.
template <typename Call>
void tell(connection const& to, Call call)
{
    asio::post(*to.strand, [client = to.client, call = std::move(call)]() mutable {
        if (auto const alive = client.lock())
            call(*alive);
    });
}

}  // namespace

server::server(std::shared_ptr<clock> clock, std::uint64_t seed)
    : clock_{std::move(clock)}
    , first_instant_{std::chrono::floor<std::chrono::microseconds>(clock_->wall())}
    , first_now_{clock_->now()}
    , random_{seed}
{
}

link_id server::connect(std::weak_ptr<client_end> client, executor strand)
{
    std::lock_guard const guard{mutex_};
    auto const made = std::make_shared<connection>(
        connection{.id = ++last_link_, .client = std::move(client), .strand = std::move(strand)});
    if (faults_.refuse_connections)
    {
        tell(*made, [id = made->id](client_end& to) { to.on_broken(id); });
        return made->id;
    }
    connections_.emplace(made->id, made);
    if (faults_.frozen)
        backlog_.push_back([made](server& self) { self.accept(made); });
    else
        accept(made);
    return made->id;
}

void server::accept(connection_ptr const& made)
{
    if (made->broken)
        return;
    tell(*made, [id = made->id](client_end& to) { to.on_connected(id); });
}

// What was sent on the connection may still arrive.
void server::hang_up(link_id id)
{
    std::lock_guard const guard{mutex_};
    auto const known = connections_.find(id);
    if (known == connections_.end())
        return;
    known->second->broken = true;
    known->second->strand.reset();
    connections_.erase(known);
}

void server::disconnect(connection_ptr const& one)
{
    if (std::exchange(one->broken, true))
        return;
    connections_.erase(one->id);
    tell(*one, [id = one->id](client_end& to) { to.on_broken(id); });
    one->strand.reset();
}

void server::send(link_id id, message request)
{
    std::lock_guard const guard{mutex_};
    auto const known = connections_.find(id);
    if (known == connections_.end())
        return;
    auto const from = known->second;
    testing::request_fault fault;
    ++requests_;
    if (auto const ask = faults_.on_request)
        fault = (*ask)({.connection = id,
                        .index = requests_,
                        .operation = request.what ? operation_name(*request.what) : "watch",
                        .group = request.on.group});

    if (from->broken)
        return;  // by the function just called
    pass(from, &connection::requests, fault.delay,
         [request = std::move(request), fault](server& self, connection_ptr const& sender) mutable {
             self.arrive(sender, std::move(request), fault);
         });
}

void server::arrive(connection_ptr const& from, message request, testing::request_fault const& fault)
{
    if (fault.what == request_kind::drop_before)
        from->deaf = true;
    if (from->deaf)
        return;
    if (fault.what == request_kind::resent && request.what)
        return send_again(from, std::move(request), fault.reply_delay);
    if (faults_.frozen)
        backlog_.push_back(
            [from, request = std::move(request), fault](server& self) mutable { self.execute(from, std::move(request), fault); });
    else
        execute(from, std::move(request), fault);
}

void server::send_again(connection_ptr const& from, message request, clock::duration reply_delay)
{
    if (from->broken || from->mute)
        return;
    pass(from, &connection::replies, reply_delay, [request = std::move(request)](server& self, connection_ptr const& sender) mutable {
        if (!sender->broken)
            self.pass(sender, &connection::requests, {}, [request = std::move(request)](server& that, connection_ptr const& again) mutable {
                that.arrive(again, std::move(request), {});
            });
    });
}

void server::execute(connection_ptr const& from, message request, testing::request_fault const& fault)
{
    auto const id = request.id;
    if (fault.what == request_kind::disconnect_before)
        return disconnect(from);
    if (fault.what == request_kind::drop_after)
        from->mute = true;
    if (fault.what == request_kind::refuse)
        return answer(from, {id, make_error_code(errc::refused, fault.words), {}}, fault.reply_delay);
    if (faults_.full && needs_memory(request))
        return answer(from, {id, make_error_code(errc::refused, "OOM command not allowed when used memory > 'maxmemory'."), {}},
                      fault.reply_delay);

    outcome result;
    if (request.what)
        result = apply(request.on.group, *request.what);
    else
        from->watched.insert(request.on);
    if (auto* const replicated = std::get_if<replicate::reply>(&result.answer))
        replicated->replicas = faults_.replicas;
    for (auto const& told : result.told)
        publish(request.on.group, told);
    if (fault.what == request_kind::disconnect_after)
        return disconnect(from);
    answer(from, {id, result.error, std::move(result.answer)}, fault.reply_delay);
}

void server::answer(connection_ptr const& to, response what, clock::duration delay)
{
    if (to->broken || to->mute)
        return;
    pass(to, &connection::replies, delay, [what = std::move(what)](server&, connection_ptr const& receiver) mutable {
        if (!receiver->broken)
            tell(*receiver, [link = receiver->id, what = std::move(what)](client_end& client) mutable {
                client.on_reply(link, what.id, what.error, std::move(what.what));
            });
    });
}

// A function of the test may break connections while it goes on: hence the copy.
void server::publish(std::string const& group, push const& what)
{
    if (faults_.drop_pushes)
        return;
    auto const* const event = std::get_if<core::event>(&what);
    auto const* const granted = std::get_if<grant>(&what);
    topic const on{group, granted != nullptr ? granted->session : session_id{}};
    std::vector<connection_ptr> subscribers;
    for (auto const& [id, one] : connections_)
        if (one->watched.contains(on))
            subscribers.push_back(one);
    for (auto const& to : subscribers)
    {
        testing::push_fault fault;
        ++pushes_;
        if (auto const ask = faults_.on_push)
            fault = (*ask)({.connection = to->id, .index = pushes_, .group = group, .revision = event != nullptr ? event->id : 0});
        if (fault.what != push_kind::drop)
            deliver(to, group, what, fault);
    }
}

void server::deliver(connection_ptr const& to, std::string const& group, push const& what, testing::push_fault const& fault)
{
    if (to->broken)
        return;
    int const times = fault.what == push_kind::duplicate ? 2 : 1;
    pass(to, &connection::pushes, fault.delay, [group, what, times](server&, connection_ptr const& receiver) {
        for (int i = 0; i < times && !receiver->broken; ++i)
            tell(*receiver, [link = receiver->id, group, what](client_end& client) { client.on_push(link, group, what); });
    });
}

void server::unwatch(link_id id, topic const& what)
{
    std::lock_guard const guard{mutex_};
    if (auto const known = connections_.find(id); known != connections_.end())
        known->second->watched.erase(what);
}

double server::chance()
{
    std::lock_guard const guard{mutex_};
    return std::uniform_real_distribution<double>{}(random_);
}

void server::thaw()
{
    std::lock_guard const guard{mutex_};
    faults_.frozen = false;
    while (!faults_.frozen && !backlog_.empty())
    {
        auto const next = std::move(backlog_.front());
        backlog_.pop_front();
        next(*this);
    }
}

void server::lose_data()
{
    std::lock_guard const guard{mutex_};
    data_ = {};
}

void server::copy_to_replica()
{
    std::lock_guard const guard{mutex_};
    replica_ = data_;
}

void server::fail_over()
{
    std::lock_guard const guard{mutex_};
    data_ = std::exchange(replica_, {});
    disconnect_all();
}

void server::disconnect_all()
{
    std::lock_guard const guard{mutex_};
    auto const all = connections_;
    for (auto const& [id, one] : all)
        disconnect(one);
}

void server::step_time(clock::duration by)
{
    std::lock_guard const guard{mutex_};
    step_ += by;
}

std::size_t server::connections() const
{
    std::lock_guard const guard{mutex_};
    return connections_.size();
}

std::vector<std::string> server::groups() const
{
    std::lock_guard const guard{mutex_};
    return data_.groups.in_use(now());
}

std::string server::dump(std::string_view address) const
{
    std::lock_guard const guard{mutex_};
    auto const dump = [&](auto const& states) { return states.dump(address, now()); };
    switch (kind_of(address))
    {
    case address_kind::presence: return dump(data_.shards);
    case address_kind::memo: return dump(data_.memos);
    case address_kind::group: break;
    }
    return dump(data_.groups);
}

// What has no delay arrives within this call.
void server::pass(connection_ptr const& over, delay_line connection::*line, clock::duration delay, delay_line::arrival what)
{
    auto const when = ((*over).*line).add(clock_->now() + delay, std::move(what));
    if (when > clock_->now())
        clock_->schedule(when, asio::bind_executor(*over->strand, [known = weak_from_this(), over, line] {
                             if (auto const self = known.lock())
                                 self->drain(over, line);
                         }));
    drain(over, line);
}

void server::drain(connection_ptr const& over, delay_line connection::*line)
{
    std::lock_guard const guard{mutex_};
    while (auto const next = ((*over).*line).take(clock_->now()))
        next(*this, over);
}

outcome server::apply(std::string const& address, operation const& what)
{
    auto const on = [&](auto& states) { return states.at(address, now()).apply(what, now(), [this] { return random_(); }); };
    switch (kind_of(address))
    {
    case address_kind::presence: return on(data_.shards);
    case address_kind::memo: return on(data_.memos);
    case address_kind::group: break;
    }
    return on(data_.groups);
}

// Goes with the clock's now(), not with its time of day: a step of the machine's clock ends no lease.
instant server::now() const
{
    return first_instant_ + std::chrono::floor<std::chrono::microseconds>(clock_->now() - first_now_ + step_);
}

}  // namespace coterie::store::memory
