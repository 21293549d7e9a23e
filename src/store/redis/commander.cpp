#include "commander.hpp"

#include "decode.hpp"

#include <coterie/error.hpp>

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

void commander::submit(std::string const& group, store::operation operation, store::store::handler done)
{
    auto const index = operation.index();
    execute(encode(group, std::move(operation)), !scripts_kept_, index, std::move(done));
}

void commander::execute(call what, bool with_text, std::size_t operation, store::store::handler done)
{
    boost::redis::request request;
    std::vector<std::string_view> words{with_text ? what.what->text : what.what->sha1};
    auto const keys = std::to_string(what.keys);
    words.reserve(what.words.size() + 2);
    words.push_back(keys);
    words.insert(words.end(), what.words.begin(), what.words.end());
    request.push_range(with_text ? "EVAL" : "EVALSHA", words.begin(), words.end());

    link_->send(std::move(request), [self = shared_from_this(), what = std::move(what), operation,
                                     done = std::move(done)](error_code error, replies answers) mutable {
        if (error)
            std::move(done)(error, store::reply{});
        else
            self->answer(std::move(what), operation, std::move(done), std::move(answers.front()));
    });
}

void commander::answer(call what, std::size_t operation, store::store::handler done, resp_value value)
{
    if (value.is_error("NOSCRIPT"))
    {
        // The server lost its scripts, or never took them. This call was not executed, so its text may be sent again.
        execute(std::move(what), true, operation, std::move(done));
        return;
    }
    bool const read_only = value.is_error("READONLY");
    store::reply reply;
    auto const error = decode(operation, std::move(value), reply);
    if (read_only)
        link_->drop(error);  // it became a replica: what is at this address next may be the new primary
    std::move(done)(error, std::move(reply));
}

}  // namespace coterie::redis
