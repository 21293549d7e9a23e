#include "presence_space.hpp"

#include "../core/limits.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <concepts>

namespace coterie::session {
namespace {

using namespace std::chrono_literals;

// Of what one call of a script takes.
constexpr std::size_t most_bytes = 1024 * 1024;

presence_config checked(presence_config config)
{
    auto const good_name = [](std::string const& name) { return name.size() <= 256 && !core::check_name(name); };
    core::require(good_name(config.space), "space", "must be 1 to 256 bytes without {, } and control characters");
    core::require(config.source.empty() || good_name(config.source), "source",
                  "must be up to 256 bytes without {, } and control characters");
    core::require(config.ttl >= 10ms && config.ttl <= 7 * 24h, "ttl", "must be 10 ms to 7 days");
    core::require(config.shards >= 1 && config.shards <= 1024, "shards", "must be 1 to 1024");
    core::require(config.linger >= 0ms && config.linger <= 24h, "linger", "must be 0 to 1 day");
    core::require(config.forget >= 1ms && config.forget <= 366 * 24h, "forget", "must be 1 ms to 366 days");
    return config;
}

// FNV-1a of 64 bits (Fowler, Noll, Vo): which shard an id belongs to must never change.
std::uint64_t hash_of(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (auto const byte : text)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return hash;
}

// What all of them ended with, if they ended alike and there were any.
error_code common(std::vector<error_code> const& errors)
{
    bool const alike = !errors.empty() && std::ranges::all_of(errors, [&](error_code ec) { return ec == errors.front(); });
    return alike ? errors.front() : error_code{};
}

}  // namespace

std::shared_ptr<presence_space> presence_space::make(std::shared_ptr<hub> shared, presence_config config)
{
    auto const strand = shared->strand();
    auto owned = std::make_unique<presence_space>(std::move(shared), std::move(config));
    return {owned.release(), [strand](presence_space* last) { asio::post(strand, [owner = std::unique_ptr<presence_space>{last}] {}); }};
}

presence_space::presence_space(std::shared_ptr<hub> shared, presence_config config)
    : hub_{std::move(shared)}
    , config_{checked(std::move(config))}
{
}

bool presence_space::register_caller(std::shared_ptr<caller_base> const& asking)
{
    asking->deadline = hub_->now() + hub_->config().timeout;
    callers_.add(asking);
    return !*closed_;
}

unsigned presence_space::shard_of(std::string_view id) const
{
    return static_cast<unsigned>(hash_of(id) % config_.shards);
}

// Bad ids are left out; their errors are noted.
std::vector<presence_space::portion> presence_space::portions(id_list const& ids, std::size_t weight_of_each,
                                                              std::vector<error_code>& errors) const
{
    std::vector<portion> result;
    std::map<unsigned, std::size_t> open;      // the portion that a shard's next id goes to
    std::map<unsigned, std::size_t> capacity;  // and how many bytes it takes
    errors.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        if ((errors[i] = core::check_id(ids[i])))
            continue;
        auto const shard = shard_of(ids[i]);
        auto const weight = ids[i].size() + weight_of_each;
        auto const [known, is_new] = open.try_emplace(shard, result.size());
        auto& left = capacity[shard];
        if (is_new || result[known->second].ids.size() == store::appear::most || left < weight)
        {
            known->second = result.size();
            left = std::max(most_bytes, weight);
            result.push_back({.shard = shard});
        }
        left -= weight;
        result[known->second].ids.push_back(ids[i]);
        result[known->second].places.push_back(i);
    }
    return result;
}

template <class Operation>
task<> presence_space::say(id_list ids, Operation operation, std::size_t weight, std::shared_ptr<caller<presence_result>> asking)
{
    struct course
    {
        std::vector<error_code> errors{};
        std::vector<portion> parts{};
        presence_result result{};
    };
    auto const under_way = std::make_shared<course>();
    under_way->parts = portions(ids, weight, under_way->errors);
    auto const make = [self = shared_from_this(), under_way, operation, asking](std::size_t i) -> task<> {
        auto part = operation;
        part.ids = under_way->parts[i].ids;
        auto const where = self->address(under_way->parts[i].shard);
        auto const said = co_await ask(self->shared(), where, part, asking, self->closed_);
        under_way->result.changed += said.value.changed;
        auto const& places = under_way->parts[i].places;
        for (auto const place : places)
            under_way->errors[place] = said.ec;
        if constexpr (std::same_as<Operation, store::appear>)
            if (said.ec == errc::refused)  // memory may be short: nobody goes offline for that
            {
                store::refresh instead{part.how, part.source, part.ttl, part.ids};
                auto const refreshed = co_await ask(self->shared(), where, std::move(instead), asking, self->closed_);
                bool const is_all = !part.what && !part.text && !part.value;
                for (std::size_t j = 0; j < refreshed.value.there.size() && is_all; ++j)
                    if (refreshed.value.there[j])
                        under_way->errors[places[j]] = {};
            }
    };
    co_await each_of(*hub_, under_way->parts.size(), make);
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (under_way->errors[i])
            under_way->result.failed.push_back({i, under_way->errors[i]});
    asking->answer(common(under_way->errors), std::move(under_way->result));
}

task<> presence_space::appear(id_list ids, word said, std::shared_ptr<caller<presence_result>> asking)
{
    store::appear operation;
    operation.how = tempo();
    operation.source = said.source.value_or("");
    operation.ttl = config_.ttl;
    operation.what = said.what;
    operation.text = std::move(said.text);
    operation.value = std::move(said.value);
    auto const weight = operation.text.value_or("").size() + operation.value.value_or("").size();
    co_await say(std::move(ids), std::move(operation), weight, asking);
}

task<> presence_space::disappear(id_list ids, word said, std::shared_ptr<caller<presence_result>> asking)
{
    store::disappear operation;
    operation.how = tempo();
    operation.source = std::move(said.source);
    co_await say(std::move(ids), std::move(operation), 0, asking);
}

task<outcome<std::vector<presence_info>>> presence_space::states(id_list ids, std::shared_ptr<caller_base> asking)
{
    struct course
    {
        std::vector<error_code> errors{};
        std::vector<portion> parts{};
        std::vector<presence_info> infos{};
    };
    auto const under_way = std::make_shared<course>();
    under_way->parts = portions(ids, 0, under_way->errors);
    under_way->infos.resize(ids.size());
    auto const make = [self = shared_from_this(), under_way, asking](std::size_t i) -> task<> {
        store::look_up operation;
        operation.how = self->tempo();
        auto& part = under_way->parts[i];
        operation.ids = part.ids;
        auto looked = co_await ask(self->shared(), self->address(part.shard), std::move(operation), asking, self->closed_);
        for (std::size_t j = 0; j < part.ids.size(); ++j)
            if (looked.ec)
                under_way->errors[part.places[j]] = looked.ec;
            else
                under_way->infos[part.places[j]] = to_info({}, std::move(looked.value.states[j]));
    };
    co_await each_of(*hub_, under_way->parts.size(), make);
    outcome<std::vector<presence_info>> result;
    result.ec = common(under_way->errors);
    result.value = std::move(under_way->infos);
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        result.value[i].id = std::move(ids[i]);
        result.value[i].error = under_way->errors[i];
    }
    co_return result;
}

task<> presence_space::look_up(id_list ids, std::shared_ptr<caller<std::vector<presence_info>>> asking)
{
    auto looked = co_await states(std::move(ids), asking);
    asking->answer(looked.ec, std::move(looked.value));
}

task<> presence_space::count(std::shared_ptr<caller<std::uint64_t>> asking)
{
    struct course
    {
        error_code failed{};
        std::uint64_t count = 0;
    };
    auto const under_way = std::make_shared<course>();
    auto const make = [self = shared_from_this(), under_way, asking](std::size_t shard) -> task<> {
        store::head_count operation;
        operation.how = self->tempo();
        bool more = true;
        while (more)
        {
            auto const counted = co_await ask(self->shared(), self->address(static_cast<unsigned>(shard)), operation, asking,
                                              self->closed_);
            more = !counted.ec && counted.value.more;
            if (counted.ec)
                under_way->failed = counted.ec;
            else if (!more)
                under_way->count += counted.value.count;
        }
    };
    co_await each_of(*hub_, config_.shards, make);
    asking->answer(under_way->failed, under_way->failed ? 0 : under_way->count);
}

task<> presence_space::change_party(std::string name, id_list add, id_list remove, std::shared_ptr<caller<std::uint64_t>> asking)
{
    store::change_party operation;
    auto const where = address(shard_of(name));
    operation.name = std::move(name);
    operation.add = std::move(add);
    operation.remove = std::move(remove);
    auto const changed = co_await ask(*hub_, where, std::move(operation), asking, closed_);
    asking->answer(changed.ec, changed.value.changed);
}

task<> presence_space::party(std::string name, std::string foreign_key,
                             std::shared_ptr<caller<std::map<std::string, presence_info>>> asking)
{
    std::map<std::string, presence_info> result;
    store::read_party operation;
    auto const where = address(shard_of(name));
    operation.name = std::move(name);
    operation.foreign_key = std::move(foreign_key);
    auto read = co_await ask(*hub_, where, std::move(operation), asking, closed_);
    if (read.ec)
        co_return asking->fail(read.ec);
    auto looked = co_await states(std::move(read.value.ids), asking);
    for (auto& info : looked.value)
    {
        auto id = info.id;
        result.emplace(std::move(id), std::move(info));
    }
    asking->answer(looked.ec, std::move(result));
}

presence_feed& presence_space::feed(unsigned shard)
{
    auto& known = feeds_[shard];
    if (!known)
        known = std::make_unique<presence_feed>(*hub_, address(shard), tempo(), std::min<std::chrono::milliseconds>(config_.ttl / 3, 5s),
                                                closed_, [this] { return shared_from_this(); });
    return *known;
}

task<error_code> presence_space::open(std::shared_ptr<presence_stream> stream, std::optional<id_list> ids,
                                      std::shared_ptr<caller_base> asking)
{
    struct course
    {
        std::map<unsigned, std::optional<id_list>> parts{};
        std::vector<unsigned> shards{};
        error_code failed{};
    };
    auto const under_way = std::make_shared<course>();
    if (ids)
        for (auto const& id : *ids)
        {
            auto& part = under_way->parts[shard_of(id)];
            if (!part)
                part.emplace();
            part->push_back(id);
        }
    else
        for (unsigned shard = 0; shard < config_.shards; ++shard)
            under_way->parts[shard] = std::nullopt;
    for (auto const& [shard, part] : under_way->parts)
        under_way->shards.push_back(shard);
    auto const make = [self = shared_from_this(), under_way, stream, asking](std::size_t i) -> task<> {
        auto const shard = under_way->shards[i];
        auto const failed = co_await self->feed(shard).add(stream, under_way->parts[shard], asking);
        if (failed)
            under_way->failed = failed;
    };
    co_await each_of(*hub_, under_way->shards.size(), make);
    if (under_way->failed && ids)
        remove(stream.get(), std::move(ids));
    co_return under_way->failed;
}

void presence_space::remove(presence_stream const* stream, std::optional<id_list> ids)
{
    if (!ids)
    {
        streams_.erase(stream);
        for (auto const& [shard, each] : feeds_)
            each->remove(stream);
        return;
    }
    for (auto const& id : *ids)
        if (auto const known = feeds_.find(shard_of(id)); known != feeds_.end())
            known->second->remove(stream, {id});
}

// The last share of it is given up in any thread; the feeds forget it on the strand, if they are still there.
std::shared_ptr<presence_stream> presence_space::make_stream()
{
    auto owned = std::make_unique<presence_stream>(++streams_made_, hub_->strand(), hub_->user_executor(), hub_->time());
    std::shared_ptr<presence_stream> result{owned.release(), [strand = hub_->strand(), weak = weak_from_this()](presence_stream* last) {
                                                asio::post(strand, [weak, owner = std::unique_ptr<presence_stream>{last}] {
                                                    if (auto const space = weak.lock())
                                                        space->remove(owner.get(), std::nullopt);
                                                });
                                            }};
    streams_[result.get()] = result;
    return result;
}

void presence_space::close()
{
    if (std::exchange(*closed_, true))
        return;
    callers_.fail_all(errc::closed);
    for (auto const& [last, weak] : std::exchange(streams_, {}))
        if (auto const stream = weak.lock())
            stream->end();
    for (auto const& [shard, each] : feeds_)
        each->close();
    hub_->link_changed().notify();
}

}  // namespace coterie::session
