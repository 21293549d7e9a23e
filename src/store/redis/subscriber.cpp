#include "subscriber.hpp"

#include "event_codec.hpp"
#include "keys.hpp"

#include <coterie/error.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace coterie::redis {

namespace asio = boost::asio;

subscriber::subscriber(std::shared_ptr<link> link, store::executor executor, std::shared_ptr<clock> clock, logger log)
    : link_{std::move(link)}
    , executor_{std::move(executor)}
    , clock_{std::move(clock)}
    , log_{std::move(log)}
    , ping_alarm_{executor_, clock_}
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
    link_->stop();
    for (auto& [group, wish] : wishes_)
        complete(wish, errc::closed);
    wishes_.clear();
}

void subscriber::watch(std::string const& group, store::store::watch_handler done)
{
    auto const [found, is_new] = wishes_.try_emplace(group);
    auto& wish = found->second;
    wish.waiting.push_back(std::move(done));
    if (stopped_ || wish.confirmed)
    {
        complete(wish, stopped_ ? error_code{errc::closed} : error_code{});
        return;
    }
    if (!is_new)
        return;
    wish.number = next_number_++;
    if (!link_->is_started())
        open();
    else if (link_->is_up())
        subscribe(group, wish.number);
}

void subscriber::unwatch(std::string const& group)
{
    auto const found = wishes_.find(group);
    if (found == wishes_.end())
        return;
    complete(found->second, errc::closed);
    wishes_.erase(found);
    if (!link_->is_up())
        return;
    boost::redis::request request;
    request.push("SUNSUBSCRIBE", keys{group}.channel());
    link_->send(std::move(request), [](error_code, replies const&) {});
}

void subscriber::on_up()
{
    for (auto const& [group, wish] : wishes_)
        subscribe(group, wish.number);
    ping_later();
}

void subscriber::on_down(error_code why)
{
    ping_alarm_.clear();
    for (auto& [group, wish] : wishes_)
    {
        gap_ = true;  // the wish is kept, and comes true without another answer
        wish.confirmed = false;
        complete(wish, why == errc::not_connected ? why : make_error_code(errc::not_connected, why.message()));
    }
}

void subscriber::subscribe(std::string const& group, std::uint64_t number)
{
    boost::redis::request request;
    request.push("SSUBSCRIBE", keys{group}.channel());
    link_->send(std::move(request), [self = shared_from_this(), group, number](error_code error, replies const& answers) {
        if (!error)
            self->on_answer(group, number, answers.front());
    });
}

void subscriber::on_answer(std::string const& group, std::uint64_t number, resp_value const& answer)
{
    bool const confirmed = answer.is(resp_value::kind::push) && answer.items.size() == 3 && answer.items[0].text == "ssubscribe" &&
                           answer.items[1].text == keys{group}.channel();
    bool const refused = answer.is(resp_value::kind::error);
    if (!confirmed && !refused)
    {
        link_->drop(make_error_code(errc::not_connected, "the server's answers are out of step"));
        return;
    }
    auto const found = wishes_.find(group);
    if (found == wishes_.end() || found->second.number != number)
        return;
    if (refused)
    {
        auto const why = make_error_code(errc::refused, answer.text);
        log_(log_level::warning, "cannot watch {}: {}", group, answer.text);
        complete(found->second, why);
        wishes_.erase(found);
    }
    else
    {
        found->second.confirmed = true;
        complete(found->second, {});
    }
    tell_gap();
}

void subscriber::tell_gap()
{
    auto const answered = [](auto const& entry) { return entry.second.confirmed; };
    if (gap_ && std::ranges::all_of(wishes_, answered))
    {
        gap_ = false;
        listener_.on_gap();
    }
}

void subscriber::on_push(resp_value const& message)
{
    auto const& parts = message.items;
    auto const group = parts.size() == 3 ? group_of_channel(parts[1].text) : std::nullopt;
    if (!group || !wishes_.contains(*group))
        return;
    auto const event = decode_event(parts[2].text);
    if (!event)
    {
        log_(log_level::warning, "a message in the channel of {} is not an event: ignored", *group);
        return;
    }
    listener_.on_event(*group, *event);
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
