// The operations of presence: checks first, then onto the strand, then to the space.
#include <coterie/detail/presence_calls.hpp>

#include "core/limits.hpp"
#include "session/presence_space.hpp"

#include <boost/asio/system_executor.hpp>

#include <algorithm>

namespace coterie {
namespace detail {
namespace {

using session::presence_space;
using session::task;

std::optional<std::string> owned(std::optional<std::string_view> view)
{
    return view ? std::optional<std::string>{*view} : std::nullopt;
}

error_code check_ids(std::vector<std::string> const& ids)
{
    auto const bad = [](std::string const& id) { return static_cast<bool>(core::check_id(id)); };
    return std::ranges::any_of(ids, bad) ? error_code{errc::bad_name} : error_code{};
}

error_code check(owned_word const& word)
{
    if (word.source && !word.source->empty())
        if (auto const wrong = core::check_name(*word.source))
            return wrong;
    if (word.source && word.source->size() > 256)
        return errc::bad_name;
    if (auto const wrong = core::check_value(word.text.value_or("")))
        return wrong;
    if (word.what && (*word.what <= status::offline || *word.what > status::online))
        return errc::bad_argument;
    return core::check_value(word.value.value_or(""));
}

presence_space::word to_session(presence_space const& space, owned_word word)
{
    if (word.all_sources)
        return {};
    return {word.source.value_or(space.config().source), word.what, std::move(word.text), std::move(word.value)};
}

// Starts an operation whose arguments were found `wrong` or good. `body` gets the space and the caller.
template <class... Values, class Body>
void start(space_ptr space, presence_handler<Values...> handler, error_code wrong, Body body)
{
    auto const& hub = space->shared();
    auto const asking = session::caller<Values...>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [space, asking, wrong, body = std::move(body)]() mutable -> task<> {
        if (wrong)
            co_return asking->fail(wrong);
        if (!space->register_caller(asking))
            co_return asking->fail(errc::closed);
        co_await body(*space, asking);
    });
}

}  // namespace

owned_word owned(online_options const& options, std::optional<status> what)
{
    return {owned(options.source), owned(options.text), owned(options.value), what, false};
}

owned_word owned(offline_options const& options)
{
    return {owned(options.source), {}, {}, {}, options.all_sources};
}

void appear(space_ptr space, std::vector<std::string> ids, owned_word word, presence_handler<presence_result> handler)
{
    auto const wrong = check(word);
    start<presence_result>(std::move(space), std::move(handler), wrong,
                           [ids, word](presence_space& self, auto asking) { return self.appear(ids, to_session(self, word), asking); });
}

void disappear(space_ptr space, std::vector<std::string> ids, owned_word word, presence_handler<presence_result> handler)
{
    auto const wrong = check(word);
    start<presence_result>(std::move(space), std::move(handler), wrong,
                           [ids, word](presence_space& self, auto asking) { return self.disappear(ids, to_session(self, word), asking); });
}

void look_up(space_ptr space, std::vector<std::string> ids, presence_handler<std::vector<presence_info>> handler)
{
    start<std::vector<presence_info>>(std::move(space), std::move(handler), {},
                                      [ids](presence_space& self, auto asking) { return self.look_up(ids, asking); });
}

void count(space_ptr space, presence_handler<std::uint64_t> handler)
{
    start<std::uint64_t>(std::move(space), std::move(handler), {}, [](presence_space& self, auto asking) { return self.count(asking); });
}

void watch_presence(space_ptr space, std::optional<std::vector<std::string>> ids, presence_handler<presence_events> handler)
{
    auto const wrong = ids ? check_ids(*ids) : error_code{};
    start<presence_events>(std::move(space), std::move(handler), wrong, [ids](presence_space& self, auto asking) -> task<> {
        auto const stream = self.make_stream();
        auto const failed = co_await self.open(stream, ids, asking);
        if (failed)
            co_return asking->fail(failed);
        stream->begin();
        presence_events opened{stream, self.weak_from_this(), !ids};
        asking->succeed(std::move(opened));
    });
}

void change_party(space_ptr space, std::string name, std::vector<std::string> add, std::vector<std::string> remove,
                  presence_handler<std::uint64_t> handler)
{
    auto wrong = core::check_name(name);
    wrong = wrong ? wrong : check_ids(add);
    wrong = wrong ? wrong : check_ids(remove);
    start<std::uint64_t>(std::move(space), std::move(handler), wrong,
                         [name, add, remove](presence_space& self, auto asking) { return self.change_party(name, add, remove, asking); });
}

void party(space_ptr space, std::string name, std::string foreign_key, presence_handler<std::map<std::string, presence_info>> handler)
{
    auto const wrong = foreign_key.empty() ? core::check_name(name) : error_code{};
    start<std::map<std::string, presence_info>>(
        std::move(space), std::move(handler), wrong,
        [name, foreign_key](presence_space& self, auto asking) { return self.party(name, foreign_key, asking); });
}

void close_presence(space_ptr space, presence_handler<> handler)
{
    auto const& hub = space->shared();
    auto const asking = session::caller<>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [space, asking]() -> task<> {
        space->close();
        asking->succeed();
        co_return;
    });
}

}  // namespace detail

presence_events::presence_events(std::shared_ptr<session::presence_stream> stream, std::weak_ptr<session::presence_space> space, bool all)
    : stream_{std::move(stream)}
    , space_{std::move(space)}
    , all_{all}
{
}

asio::any_io_executor presence_events::executor() const
{
    return stream_ ? stream_->user_executor() : asio::system_executor{};
}

void presence_events::next(std::shared_ptr<session::presence_stream> const& stream,
                           asio::any_completion_handler<void(error_code, std::optional<presence_change>)> handler)
{
    using result = std::optional<presence_change>;
    if (!stream)
        return session::caller<result>{asio::system_executor{}, std::move(handler)}.succeed(std::nullopt);
    auto const asking = session::caller<result>::make(stream->strand(), stream->user_executor(), std::move(handler));
    session::spawn(stream->strand(), [stream, asking] { return stream->next(asking); });
}

void presence_events::add(std::shared_ptr<session::presence_stream> const& stream, std::weak_ptr<session::presence_space> const& from,
                          bool all, std::vector<std::string> ids, asio::any_completion_handler<void(error_code)> handler)
{
    auto space = from.lock();
    if (!stream || !space)
        return session::caller<>{asio::system_executor{}, std::move(handler)}.fail(errc::closed);
    auto const wrong = all ? error_code{errc::bad_argument} : detail::check_ids(ids);
    detail::start<>(std::move(space), std::move(handler), wrong,
                    [stream, ids](session::presence_space& self, auto asking) -> session::task<> {
                        asking->answer(co_await self.open(stream, ids, asking));
                    });
}

void presence_events::remove(id_list ids)
{
    if (!stream_ || all_)
        return;
    asio::post(stream_->strand(), [weak = space_, stream = stream_, ids = ids.take()]() mutable {
        if (auto const space = weak.lock())
            space->remove(stream.get(), std::move(ids));
    });
}

}  // namespace coterie
