#include "memory_client.hpp"

#include <coterie/error.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coterie::store::memory {

memory_client::memory_client(std::shared_ptr<server> server, memory_options options, executor strand, std::shared_ptr<clock> clock,
                             log_config log)
    : server_{std::move(server)}
    , options_{options}
    , strand_{std::move(strand)}
    , clock_{std::move(clock)}
    , log_{std::move(log)}
{
}

void memory_client::start(observer& who)
{
    at_shutdown(asio::query(strand_, asio::execution::context), weak_from_this());
    observer_ = &who;
    connect();
}

void memory_client::stop()
{
    if (std::exchange(stopped_, true))
        return;
    observer_ = nullptr;
    up_ = false;
    server_->hang_up(std::exchange(link_, 0));
    disarm();
    watched_.clear();
    fail_all(errc::closed, errc::closed);
}

void memory_client::submit(std::string group, operation what, store::handler handler)
{
    pending request{.deadline = {}, .operation = std::move(handler), .watch = {}};
    if (stopped_)
        complete(std::move(request), errc::closed);
    else if (!up_)
        complete(std::move(request), errc::not_connected);
    else
        send({std::move(group)}, std::move(what), std::move(request));
}

void memory_client::watch(topic const& what, store::watch_handler handler)
{
    pending request{.deadline = {}, .operation = {}, .watch = std::move(handler)};
    if (stopped_)
        return complete(std::move(request), errc::closed);
    watched_.insert(what);
    if (!up_)
        return complete(std::move(request), errc::not_connected);
    send(what, std::nullopt, std::move(request));
}

void memory_client::unwatch(topic const& what)
{
    watched_.erase(what);
    server_->unwatch(link_, what);
}

void memory_client::connect()
{
    next_step_ = clock_->now() + options_.response_timeout;
    link_ = server_->connect(weak_from_this(), strand_);
    arm();
}

void memory_client::on_connected(link_id link)
{
    if (link != link_ || stopped_)
        return;
    up_ = true;
    backoff_.reset();
    arm();
    log(log_level::info, "connected to the memory store");
    to_renew_ = watched_.size();
    for (auto const& what : watched_)
        send(what, std::nullopt, pending{});
    observer_->on_up(++generation_);
}

void memory_client::on_broken(link_id link)
{
    if (link == link_ && !stopped_)
        down(up_ ? "the connection to the memory store broke" : "the memory store refused the connection");
}

void memory_client::on_reply(link_id link, request_id id, error_code error, reply what)
{
    if (link != link_)
        return;
    auto request = in_flight_.extract(id);
    if (request.empty())
        return;
    arm();
    auto& [deadline, operation, watch] = request.mapped();
    if (operation)
        asio::dispatch(strand_, asio::append(std::move(operation), error, std::move(what)));
    else if (watch)
        asio::dispatch(strand_, asio::append(std::move(watch), error));
    else
        renewed(error);
}

void memory_client::renewed(error_code error)
{
    if (error)
        log(log_level::warning, "the memory store refused to renew a subscription");
    if (--to_renew_ == 0 && observer_)
        observer_->on_gap();
}

void memory_client::on_push(link_id link, std::string const& group, push const& told)
{
    if (link != link_ || !observer_)
        return;
    if (auto const* const event = std::get_if<core::event>(&told); event != nullptr && watched_.contains({group}))
        observer_->on_event(group, *event);
    if (auto const* const granted = std::get_if<grant>(&told); granted != nullptr && watched_.contains({group, granted->session}))
        observer_->on_grant(group, *granted);
    if (auto const* const heard = std::get_if<news>(&told); heard != nullptr && watched_.contains({group}))
        observer_->on_news(group, *heard);
}

// The context is being destroyed: no handler will run any more, and those we keep may own us.
void memory_client::let_go() noexcept
{
    stopped_ = true;
    observer_ = nullptr;
    server_->hang_up(std::exchange(link_, 0));
    auto const dropped = std::move(in_flight_);
    in_flight_.clear();
}

void memory_client::down(std::string_view why)
{
    up_ = false;
    server_->hang_up(std::exchange(link_, 0));
    next_step_ = clock_->now() + backoff_.next(server_->chance());
    log(log_level::warning, why);
    fail_all(errc::outcome_unknown, errc::not_connected);
    arm();
    observer_->on_down(make_error_code(errc::not_connected, why));
}

void memory_client::send(topic on, std::optional<operation> what, pending request)
{
    auto const id = ++last_request_;
    request.deadline = clock_->now() + options_.response_timeout;
    in_flight_.emplace(id, std::move(request));
    arm();
    server_->send(link_, {id, std::move(on), std::move(what)});
}

// Never from inside the call that made the request.
void memory_client::complete(pending request, error_code error)
{
    if (request.operation)
        asio::post(strand_, asio::append(std::move(request.operation), error, reply{}));
    else if (request.watch)
        asio::post(strand_, asio::append(std::move(request.watch), error));
}

void memory_client::fail_all(error_code for_operations, error_code for_watches)
{
    for (auto& [id, request] : std::exchange(in_flight_, {}))
    {
        auto const error = request.operation ? for_operations : for_watches;
        complete(std::move(request), error);
    }
}

std::optional<clock::time_point> memory_client::next_alarm() const
{
    if (!up_)
        return next_step_;
    if (in_flight_.empty())
        return std::nullopt;
    return in_flight_.begin()->second.deadline;
}

// A timer that comes too early is left alone: it arms the next one. One that is not needed at all goes, so that no context is kept
// running by it.
void memory_client::arm()
{
    auto const wanted = next_alarm();
    if (armed_ && wanted && *armed_ <= *wanted)
        return;
    disarm();
    if (!wanted)
        return;
    armed_ = wanted;
    timer_ = clock_->schedule(*wanted, asio::bind_executor(strand_, [known = weak_from_this(), number = alarm_number_] {
        auto const self = known.lock();
        if (self && number == self->alarm_number_)
            self->alarm();
    }));
}

void memory_client::disarm()
{
    if (!armed_)
        return;
    ++alarm_number_;
    armed_.reset();
    clock_->cancel(timer_);
}

void memory_client::alarm()
{
    armed_.reset();
    ++alarm_number_;
    auto const due = next_alarm();
    if (stopped_ || !due)
        return;
    if (clock_->now() < *due)
        arm();
    else if (link_ == 0)
        connect();
    else
        down("no reply from the memory store in time");
}

void memory_client::log(log_level level, std::string_view text) const
{
    if (log_.sink && level >= log_.level)
        log_.sink(level, text);
}

}  // namespace coterie::store::memory
