#include "commander.hpp"

#include "decode.hpp"

#include <coterie/error.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace coterie::redis {

using boost::system::error_code;

commander::commander(std::shared_ptr<link> link, logger log) : link_{std::move(link)}, log_{std::move(log)} {}

void commander::start(listener hears)
{
    listener_ = std::move(hears);
    link::listener from_link;
    from_link.on_up = [weak = weak_from_this()](std::uint64_t generation) {
        if (auto const self = weak.lock())
        {
            self->prepare();  // goes before any operation
            self->listener_.on_up(generation);
        }
    };
    from_link.on_down = [weak = weak_from_this()](error_code why) {
        if (auto const self = weak.lock())
            self->listener_.on_down(why);
    };
    from_link.on_push = [](resp_value) {};
    link_->start(std::move(from_link));
}

void commander::stop()
{
    link_->stop();
}

// Loads the scripts and looks whether the server may evict keys.
void commander::prepare()
{
    scripts_kept_ = true;
    boost::redis::request request;
    request.push("INFO", "memory");
    for (auto const& script : all_scripts())
        request.push("SCRIPT", "LOAD", script.text);
    link_->send(std::move(request), [self = shared_from_this()](error_code error, replies answers) {
        if (!error)
            self->on_prepared(answers);
    });
}

void commander::on_prepared(replies const& answers)
{
    auto const refused = [](resp_value const& answer) { return answer.is(resp_value::kind::error); };
    scripts_kept_ = std::none_of(answers.begin() + 1, answers.end(), refused);
    if (!scripts_kept_)
        log_(log_level::info, "the server does not load scripts for this user: they are sent with each call");

    constexpr std::string_view field = "maxmemory_policy:";
    std::string_view info = answers.front().text;
    auto const at = info.find(field);
    if (at == std::string_view::npos)
        return;
    info.remove_prefix(at + field.size());
    auto const policy = info.substr(0, info.find_first_of("\r\n"));
    if (policy != "noeviction" && policy != policy_)
        log_(log_level::warning, "sessions and locks may be evicted: set the server's maxmemory-policy to noeviction (it is {})", policy);
    policy_ = policy;
}

void commander::submit(std::string const& group, store::operation const& operation, store::store::handler done)
{
    waiting_.push_back({encode(group, operation), operation.index(), std::move(done)});
    if (waiting_.size() == most_at_once || (waiting_.size() == 1 && link_->is_idle()))
        flush();
    else if (waiting_.size() == 1)
        boost::asio::post(link_->executor(), [weak = weak_from_this()] {
            if (auto const self = weak.lock())
                self->flush();
        });
}

void commander::flush()
{
    if (!waiting_.empty())
        execute(std::exchange(waiting_, {}), scripts_kept_ ? naming::by_sha1 : naming::by_text);
}

void commander::execute(std::vector<execution> all, naming how)
{
    boost::redis::request request;
    for (auto const& each : all)
        append(request, each.what, how);
    link_->send(std::move(request), [self = shared_from_this(), all = std::move(all)](error_code error, replies answers) mutable {
        for (std::size_t i = 0; i < all.size(); ++i)
            if (error)
                std::move(all[i].done)(error, store::reply{});
            else
                self->answer(std::move(all[i]), std::move(answers[i]));
    });
}

void commander::answer(execution which, resp_value value)
{
    if (value.is_error("NOSCRIPT"))
    {
        // The server lost its scripts, or never took them. This call was not executed, so its text may be sent again.
        std::vector<execution> again;
        again.push_back(std::move(which));
        return execute(std::move(again), naming::by_text);
    }
    bool const read_only = value.is_error("READONLY");
    store::reply reply;
    auto const error = decode(which.operation, std::move(value), reply);
    if (read_only)
        link_->drop(error);  // it became a replica: what is at this address next may be the new primary
    std::move(which.done)(error, std::move(reply));
}

}  // namespace coterie::redis
