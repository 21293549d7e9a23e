// One presence space as one program uses it: spreads ids over shards, asks all of them at once, and has a feed for each that is watched.
#ifndef COTERIE_SRC_SESSION_PRESENCE_SPACE_HPP
#define COTERIE_SRC_SESSION_PRESENCE_SPACE_HPP

#include "../store/address.hpp"
#include "presence_feed.hpp"

#include <coterie/presence_types.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class presence_space : public std::enable_shared_from_this<presence_space>
{
public:
    using id_list = std::vector<std::string>;

    // A word of a source about ids.
    struct word
    {
        std::optional<std::string> source{};  // nothing: all
        std::optional<status> what{};
        std::optional<std::string> text{};
        std::optional<std::string> value{};
    };

    // Destroyed on the hub's strand, whoever gives up the last share. Throws std::invalid_argument that names the field.
    static std::shared_ptr<presence_space> make(std::shared_ptr<hub>, presence_config);

    presence_space(std::shared_ptr<hub>, presence_config);  // use make()

    hub& shared() { return *hub_; }
    presence_config const& config() const { return config_; }

    // On the strand, from here on. A caller's deadline is set by this.
    bool register_caller(std::shared_ptr<caller_base> const&);  // false: closed

    task<> appear(id_list, word, std::shared_ptr<caller<presence_result>> asking);
    task<> disappear(id_list, word, std::shared_ptr<caller<presence_result>> asking);
    task<> look_up(id_list, std::shared_ptr<caller<std::vector<presence_info>>> asking);
    task<> count(std::shared_ptr<caller<std::uint64_t>> asking);
    task<> change_party(std::string name, id_list add, id_list remove, std::shared_ptr<caller<std::uint64_t>> asking);
    task<> party(std::string name, std::string foreign_key, std::shared_ptr<caller<std::map<std::string, presence_info>>> asking);

    // All, or these.
    task<error_code> open(std::shared_ptr<presence_stream>, std::optional<id_list>, std::shared_ptr<caller_base> asking);
    void remove(presence_stream const*, std::optional<id_list>);  // nothing: it is gone
    std::shared_ptr<presence_stream> make_stream();

    void close();

private:
    // Of a batch: the ids of one shard, and where each of them stands in the list.
    struct portion
    {
        unsigned shard = 0;
        id_list ids{};
        std::vector<std::size_t> places{};
    };

    unsigned shard_of(std::string_view id) const;
    std::vector<portion> portions(id_list const&, std::size_t weight_of_each, std::vector<error_code>& errors) const;
    std::string address(unsigned shard) const { return store::presence_shard(config_.space, shard); }
    store::presence_tempo tempo() const { return {config_.linger, config_.forget}; }
    presence_feed& feed(unsigned shard);
    template <class Operation>
    task<> say(id_list, Operation, std::size_t weight, std::shared_ptr<caller<presence_result>> asking);
    task<outcome<std::vector<presence_info>>> states(id_list, std::shared_ptr<caller_base> asking);

    std::shared_ptr<hub> hub_;
    presence_config config_;
    std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
    std::map<unsigned, std::unique_ptr<presence_feed>> feeds_;
    std::map<presence_stream const*, std::weak_ptr<presence_stream>, by_number> streams_;
    std::uint64_t streams_made_ = 0;
    caller_list callers_;
};

}  // namespace coterie::session

#endif
