#include "subscriber.hpp"

#include "keys.hpp"
#include "push_decode.hpp"

#include <coterie/error.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace coterie::redis {

namespace asio = boost::asio;

subscriber::subscriber(std::shared_ptr<link> link, store::executor executor, std::shared_ptr<clock> clock, logger log)
    : link_{std::move(link)}
    , executor_{std::move(executor)}
    , clock_{std::move(clock)}
    , log_{std::move(log)}
    , ping_alarm_{executor_, clock_}
    , retry_alarm_{executor_, clock_}
{
}

void subscriber::open()
{
    link::listener from_link;
    from_link.on_up = [weak = weak_from_this()](std::uint64_t) {
        if (auto const self = weak.lock())
            self->on_up();
    };
    from_link.on_down = [weak = weak_from_this()](error_code why) {
        if (auto const self = weak.lock())
            self->on_down(why);
    };
    from_link.on_push = [weak = weak_from_this()](resp_value message) {
        if (auto const self = weak.lock())
            self->on_push(message);
    };
    link_->start(std::move(from_link));
}

void subscriber::stop()
{
    if (std::exchange(stopped_, true))
        return;
    ping_alarm_.clear();
    retry_alarm_.clear();
    link_->stop();
    for (auto& [what, wish] : wishes_)
        complete(wish, errc::closed);
    wishes_.clear();
}

void subscriber::watch(store::topic const& what, store::store::watch_handler done)
{
    auto const [found, is_new] = wishes_.try_emplace(what);
    auto& wish = found->second;
    wish.waiting.push_back(std::move(done));
    if (stopped_ || wish.given == answer::confirmed)
    {
        complete(wish, stopped_ ? error_code{errc::closed} : error_code{});
        return;
    }
    if (!is_new && wish.given == answer::none)
        return;
    if (is_new)
        wish.number = next_number_++;
    if (!link_->is_started())
        open();
    else if (link_->is_up())
        subscribe(what, wish.number);
}

void subscriber::unwatch(store::topic const& what)
{
    auto const found = wishes_.find(what);
    if (found == wishes_.end())
        return;
    complete(found->second, errc::closed);
    wishes_.erase(found);
    if (!link_->is_up())
        return;
    boost::redis::request request;
    request.push("SUNSUBSCRIBE", channel_of(what));
    link_->send(std::move(request), [](error_code, replies const&) {});
    tell_gap();  // it may have been the last one to be answered
}

void subscriber::on_up()
{
    for (auto const& [what, wish] : wishes_)
        subscribe(what, wish.number);
    ping_later();
}

void subscriber::on_down(error_code why)
{
    ping_alarm_.clear();
    retry_alarm_.clear();
    for (auto& [what, wish] : wishes_)
    {
        gap_ = true;  // the wish is kept, and comes true without another answer
        wish.given = answer::none;
        wish.kept = true;
        complete(wish, why == errc::not_connected ? why : make_error_code(errc::not_connected, why.message()));
    }
}

void subscriber::subscribe(store::topic const& what, std::uint64_t number)
{
    boost::redis::request request;
    request.push("SSUBSCRIBE", channel_of(what));
    link_->send(std::move(request), [self = shared_from_this(), what, number](error_code error, replies const& answers) {
        if (!error)
            self->on_answer(what, number, answers.front());
    });
}

void subscriber::on_answer(store::topic const& what, std::uint64_t number, resp_value const& said)
{
    bool const confirmed = said.is(resp_value::kind::push) && said.items.size() == 3 && said.items[0].text == "ssubscribe" &&
                           said.items[1].text == channel_of(what);
    bool const refused = said.is(resp_value::kind::error);
    if (!confirmed && !refused)
    {
        link_->drop(make_error_code(errc::not_connected, "the server's answers are out of step"));
        return;
    }
    auto const found = wishes_.find(what);
    if (found != wishes_.end() && found->second.number == number)
    {
        if (refused)
            refuse(what, said.text);
        else
            confirm(found->second);
    }
    tell_gap();
}

void subscriber::confirm(watched& wish)
{
    if (wish.given == answer::refused)
        gap_ = true;  // nothing was heard while it was refused
    wish.given = answer::confirmed;
    wish.kept = true;
    complete(wish, {});
}

// Those who wait are told. If nobody counts on the wish, that is the end of it; else it is tried again.
void subscriber::refuse(store::topic const& what, std::string const& why)
{
    auto const found = wishes_.find(what);
    auto& wish = found->second;
    if (wish.given != answer::refused)
        log_(log_level::warning, "cannot watch {}: {}", what.group, why);
    wish.given = answer::refused;
    complete(wish, make_error_code(errc::refused, why));
    if (!wish.kept)
        wishes_.erase(found);
    else if (!retry_alarm_.is_set())
        retry_alarm_.set(clock_->now() + retry_interval, [weak = weak_from_this()] {
            if (auto const self = weak.lock())
                self->retry_refused();
        });
}

void subscriber::retry_refused()
{
    for (auto const& [what, wish] : wishes_)
        if (wish.given == answer::refused)
            subscribe(what, wish.number);
}

// Once all wishes are answered on this connection. Posted, since unwatch() comes here too.
void subscriber::tell_gap()
{
    auto const answered = [](auto const& entry) { return entry.second.given != answer::none; };
    if (!std::ranges::all_of(wishes_, answered) || !std::exchange(gap_, false) || wishes_.empty())
        return;
    asio::post(executor_, [weak = weak_from_this()] {
        if (auto const self = weak.lock(); self && !self->stopped_)
            self->listener_.on_gap();
    });
}

void subscriber::on_push(resp_value const& message)
{
    auto const heard = decode_push(message);
    if (!heard || !wishes_.contains(heard->in))
        return;
    auto const& from = heard->in.group;
    if (auto const* event = std::get_if<core::event>(&heard->said))
        listener_.on_event(from, *event);
    else if (auto const* grant = std::get_if<store::grant>(&heard->said))
        listener_.on_grant(from, *grant);
    else if (auto const* news = std::get_if<store::news>(&heard->said))
        listener_.on_news(from, *news);
    else
        log_(log_level::warning, "a message in a channel of {} cannot be read: ignored", from);
}

void subscriber::complete(watched& of, error_code error)
{
    for (auto& done : std::exchange(of.waiting, {}))
        asio::post(executor_, asio::append(std::move(done), error));
}

void subscriber::ping_later()
{
    ping_alarm_.set(clock_->now() + ping_interval, [weak = weak_from_this()] {
        if (auto const self = weak.lock())
            self->ping();
    });
}

// The link itself sees that no reply comes.
void subscriber::ping()
{
    ping_later();
    if (!link_->is_up() || !link_->is_idle())
        return;
    boost::redis::request request;
    request.push("PING");
    link_->send(std::move(request), [self = shared_from_this()](error_code error, replies const& answers) {
        if (!error && answers.front().is(resp_value::kind::push))
            self->link_->drop(make_error_code(errc::not_connected, "the server's answers are out of step"));
    });
}

}  // namespace coterie::redis
