#include "client.hpp"

#include <algorithm>

namespace coterie::test {

client::client(bench& on, std::string name, std::string const& url) : group{std::move(name)}, bench_{on}, store_{on.make_store(url)}
{
    store_->start(*this);
    BOOST_REQUIRE_MESSAGE(bench_.run_until([this] { return up; }),
                          "no connection: " << (why_down.empty() ? "no reason given" : why_down.back().message()));
}

client::client(bench& on, later, std::string const& url) : group{"g"}, bench_{on}, store_{on.make_store(url)}
{
    store_->start(*this);
}

client::~client()
{
    store_->stop();
}

outcome<store::snapshot> client::snapshot(std::string cursor, std::uint32_t limit)
{
    return (*this)(store::snapshot{.cursor = std::move(cursor), .limit = limit});
}

outcome<store::history> client::history(core::revision after, std::uint32_t limit)
{
    return (*this)(store::history{.after = after, .limit = limit});
}

outcome<store::inspect> client::inspect(std::string name)
{
    return (*this)(store::inspect{std::move(name)});
}

std::optional<store::claim> client::holder(std::string name)
{
    auto const seen = inspect(std::move(name));
    BOOST_TEST(seen->holders.size() <= 1U);
    return seen->holders.empty() ? std::nullopt : std::optional{seen->holders.front().what};
}

core::server_time client::deadline(std::string name)
{
    auto const seen = inspect(std::move(name));
    BOOST_REQUIRE(seen->holders.size() == 1U);
    return seen->holders.front().deadline;
}

outcome<store::reap> client::reap(std::vector<store::session_id> dead)
{
    return (*this)(store::reap{std::move(dead)});
}

outcome<store::get> client::get(std::string path)
{
    return (*this)(store::get{std::move(path)});
}

outcome<store::erase> client::erase(std::string path, store::session_id own)
{
    return (*this)(store::erase{std::move(path), std::move(own)});
}

outcome<store::unlock> client::unlock(store::claim held)
{
    auto const quick = (*this)(store::unlock{held});
    return quick.error || !quick.reply.waited ? quick : (*this)(store::unlock{std::move(held), true});
}

outcome<store::force> client::force(store::claim held)
{
    return (*this)(store::force{std::move(held)});
}

std::vector<std::string> client::list(std::string pattern, std::uint32_t limit)
{
    std::vector<std::string> paths;
    std::string cursor;
    do
    {
        auto const page = (*this)(store::list{.pattern = pattern, .cursor = cursor, .limit = limit});
        paths.insert(paths.end(), page->paths.begin(), page->paths.end());
        cursor = page->cursor;
    } while (!cursor.empty());
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

std::vector<std::string> client::living()
{
    auto const all = snapshot();
    BOOST_TEST(all->cursor.empty());
    std::vector<std::string> result;
    for (auto const& member : all->members)
        if (std::find(all->dead.begin(), all->dead.end(), member.session) == all->dead.end())
            result.push_back(member.name + "=" + member.value);
    std::sort(result.begin(), result.end());
    return result;
}

error_code client::watch(store::session_id session)
{
    auto const result = start_watch({group, std::move(session)});
    BOOST_REQUIRE_MESSAGE(bench_.run_until([&] { return result->has_value(); }), "no answer to watch()");
    return **result;
}

void client::unwatch()
{
    unwatch({group});
}

std::shared_ptr<std::optional<error_code>> client::start_watch(store::topic const& what)
{
    auto result = std::make_shared<std::optional<error_code>>();
    store_->watch(what, [result](error_code error) { *result = error; });
    return result;
}

void client::unwatch(store::topic const& what)
{
    store_->unwatch(what);
}

core::event client::next_event()
{
    BOOST_REQUIRE_MESSAGE(bench_.run_until([this] { return !events.empty(); }), "no event");
    auto event = std::move(events.front());
    events.erase(events.begin());
    return event;
}

store::news client::next_news()
{
    BOOST_REQUIRE_MESSAGE(bench_.run_until([this] { return !news.empty(); }), "no news");
    auto first = std::move(news.front());
    news.erase(news.begin());
    return first;
}

void client::on_up(std::uint64_t number)
{
    BOOST_TEST(number > generation);
    generation = number;
    up = true;
}

void client::on_down(error_code why)
{
    up = false;
    why_down.push_back(why);
}

void client::on_event(std::string const& where, core::event const& event)
{
    looks += event.is_look();
    if (event.is_look())
        return;  // whether a deadline is the earliest is a matter of milliseconds
    BOOST_TEST(where == group);
    events.push_back(event);
}

void client::on_grant(std::string const& where, store::grant const& grant)
{
    BOOST_TEST(where == group);
    grants.push_back(grant);
}

void client::on_news(std::string const& where, store::news const& told)
{
    BOOST_TEST(where == group);
    news.push_back(told);
}

void client::on_gap()
{
    ++gaps;
}

void client::submit(store::operation operation, store::store::handler handler)
{
    store_->submit(group, std::move(operation), std::move(handler));
}

}  // namespace coterie::test
