#include "link.hpp"

#include "handshake.hpp"
#include "uncounted.hpp"

#include <coterie/error.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace coterie::redis {

namespace asio = boost::asio;

link::link(link_options options, topology where, store::executor executor, std::shared_ptr<clock> clock, logger log)
    : options_{std::move(options)}
    , topology_{std::move(where)}
    , executor_{std::move(executor)}
    , clock_{std::move(clock)}
    , log_{std::move(log)}
    , random_{std::random_device{}()}
    , connect_alarm_{executor_, clock_}
    , response_alarm_{executor_, clock_}
{
}

void link::start(listener hears)
{
    listener_ = std::move(hears);
    started_ = true;
    connect();
}

void link::connect()
{
    auto const weak = weak_from_this();
    wire::listener hears;
    hears.on_end = [weak](error_code error) {
        if (auto const self = weak.lock())
            self->on_end(error);
    };
    hears.on_message = [weak](resp_value message) {
        if (auto const self = weak.lock())
            self->on_message(std::move(message));
    };
    wire_ = std::make_shared<wire>(executor_, topology_, options_.connect_timeout, std::move(hears));

    // Also ends what Boost.Redis cannot: the resolution of a name.
    connect_alarm_.set(clock_->now() + options_.connect_timeout, [weak, this] {
        if (auto const self = weak.lock())
            drop(make_error_code(errc::not_connected, topology_.text() + ": no answer in time"));
    });
    write(make_handshake(topology_.credentials(), options_.client_name), [weak](error_code error, replies answers) {
        if (auto const self = weak.lock())
            self->on_handshake(error, std::move(answers));
    });
    wire_->run();
}

void link::on_handshake(error_code error, replies answers)
{
    if (error || !wire_)
        return;  // the connection ended: that has been seen to
    if (auto const why = judge_handshake(answers))
    {
        drop(why);
        return;
    }
    connect_alarm_.clear();
    backoff_.reset();
    up_ = true;
    ++generation_;
    log_(log_level::info, "connected to {} (generation {})", topology_.text(), generation_);
    listener_.on_up(generation_);
}

void link::on_end(error_code error)
{
    drop(make_error_code(errc::not_connected, topology_.text() + ": " + (error ? error.message() : "the connection ended")));
}

void link::drop(error_code why)
{
    if (!wire_)
        return;
    auto const wire = std::exchange(wire_, nullptr);
    auto const begun = wire->begun();
    wire->drop();
    response_alarm_.clear();
    log_(up_ ? log_level::warning : log_level::info, "not connected: {}", why.message());
    up_ = false;
    for (auto const& entry : std::exchange(in_flight_, {}))
        fail(std::move(entry->done), entry->ordinal > begun ? errc::not_connected : errc::outcome_unknown);
    connect_later();
    listener_.on_down(why);
}

void link::connect_later()
{
    connect_alarm_.set(clock_->now() + backoff_.next(chance()), [weak = weak_from_this()] {
        if (auto const self = weak.lock())
            self->connect();
    });
}

double link::chance()
{
    return std::uniform_real_distribution<double>{0.0, 1.0}(random_);
}

void link::stop()
{
    if (std::exchange(stopped_, true))
        return;
    connect_alarm_.clear();
    response_alarm_.clear();
    up_ = false;
    if (auto const wire = std::exchange(wire_, nullptr))
        wire->drop();
    for (auto const& entry : std::exchange(in_flight_, {}))
        fail(std::move(entry->done), errc::closed);
}

void link::send(boost::redis::request request, handler done)
{
    if (stopped_ || !up_)
    {
        fail(std::move(done), stopped_ ? errc::closed : errc::not_connected);
        return;
    }
    write(std::move(request), std::move(done));
    watch_replies();
}

void link::write(boost::redis::request request, handler done)
{
    auto const entry = std::make_shared<command>();
    entry->expected = request.get_commands();
    entry->done = std::move(done);
    entry->sent = clock_->now();
    if (options_.kind == traffic::pushes)
    {
        entry->ordinal = wire_->written() + 1;
        wire_->write(std::make_shared<boost::redis::request>(uncounted(request)), entry->answers, {});
    }
    else
    {
        entry->ordinal = wire_->written() + entry->expected;
        wire_->write(std::make_shared<boost::redis::request>(std::move(request)), entry->answers,
                     [self = shared_from_this(), entry] { self->finish(entry); });
    }
    in_flight_.push_back(entry);
}

void link::finish(std::shared_ptr<command> const& entry)
{
    auto const found = std::ranges::find(in_flight_, entry);  // the first one, as replies come in order
    if (found == in_flight_.end())
        return;
    in_flight_.erase(found);
    asio::dispatch(executor_, asio::append(std::move(entry->done), error_code{}, std::move(*entry->answers)));
}

void link::on_message(resp_value message)
{
    if (options_.kind == traffic::commands)
        return;
    bool const event = message.is(resp_value::kind::push) && !message.items.empty() && message.items.front().text == "smessage";
    if (event)
    {
        listener_.on_push(std::move(message));
        return;
    }
    if (in_flight_.empty())
    {
        drop(make_error_code(errc::not_connected, "the server ended a subscription"));
        return;
    }
    auto const entry = in_flight_.front();
    entry->answers->push_back(std::move(message));
    if (entry->answers->size() == entry->expected)
        finish(entry);
}

void link::fail(handler done, error_code error)
{
    asio::post(executor_, asio::append(std::move(done), error, replies{}));
}

// The alarm is set again when it rings, not with every reply: one timer a response timeout, however many commands.
void link::watch_replies()
{
    if (response_alarm_.is_set() || in_flight_.empty())
        return;
    response_alarm_.set(in_flight_.front()->sent + options_.response_timeout, [weak = weak_from_this(), this] {
        auto const self = weak.lock();
        if (!self || in_flight_.empty())
            return;
        if (clock_->now() - in_flight_.front()->sent >= options_.response_timeout)
            drop(make_error_code(errc::not_connected, topology_.text() + ": no reply in time"));
        else
            watch_replies();
    });
}

}  // namespace coterie::redis
