#include "replicator.hpp"

#include "decode.hpp"
#include "encode.hpp"

#include <coterie/error.hpp>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace coterie::redis {

using boost::system::error_code;

replicator::replicator(std::shared_ptr<link> link, std::chrono::milliseconds patience) : link_{std::move(link)}, patience_{patience} {}

void replicator::stop()
{
    if (link_->is_started())
        link_->stop();
    answer(std::exchange(waiting_, {}), errc::closed, {});
}

void replicator::submit(std::string const& group, store::operation const& what, store::store::handler done)
{
    waiting_.push_back({group, what, std::move(done)});
    if (link_->is_up())
        return send_next();
    if (link_->is_started())
        return;  // it connects
    link::listener hears;
    hears.on_up = [weak = weak_from_this()](std::uint64_t) {
        if (auto const self = weak.lock())
            self->on_up();
    };
    hears.on_down = [weak = weak_from_this()](error_code why) {
        if (auto const self = weak.lock())
            self->on_down(why);
    };
    hears.on_push = [](resp_value) {};
    link_->start(std::move(hears));
}

void replicator::on_up()
{
    under_way_ = false;
    send_next();
}

// A connection that cannot be made in time is an answer as well.
void replicator::on_down(error_code why)
{
    answer(std::exchange(waiting_, {}), why, {});
}

void replicator::send_next()
{
    if (under_way_ || waiting_.empty())
        return;
    under_way_ = true;
    boost::redis::request request;
    std::uint32_t replicas = 0;
    for (auto const& each : waiting_)
    {
        append(request, encode(each.group, each.what), naming::by_text);
        replicas = std::max(replicas, std::get<store::replicate>(each.what).replicas);
    }
    request.push("WAIT", replicas, patience_.count());
    link_->send(std::move(request),
                [self = shared_from_this(), asked = std::exchange(waiting_, {})](error_code error, replies answers) mutable {
                    self->under_way_ = false;
                    answer(std::move(asked), error, std::move(answers));
                    if (self->link_->is_up())
                        self->send_next();
                });
}

void replicator::answer(std::vector<waiter> asked, error_code error, replies answers)
{
    const auto operation = store::operation{store::replicate{}}.index();
    for (std::size_t i = 0; i < asked.size(); ++i)
    {
        store::reply reply;
        auto failed = error;
        if (!failed && answers.back().is(resp_value::kind::error))
            failed = make_error_code(errc::refused, answers.back().text);
        if (!failed)
            failed = decode(operation, std::move(answers[i]), reply);
        if (!failed)
            std::get<store::replicate::reply>(reply).replicas = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(to_unsigned(answers.back()).value_or(0), std::numeric_limits<std::uint32_t>::max()));
        std::move(asked[i].done)(failed, std::move(reply));
    }
}

}  // namespace coterie::redis
