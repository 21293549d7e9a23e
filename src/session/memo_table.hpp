// The memoised results of one tag as one program uses them: those that are wanted at the moment, and the local cache.
#ifndef COTERIE_SRC_SESSION_MEMO_TABLE_HPP
#define COTERIE_SRC_SESSION_MEMO_TABLE_HPP

#include "../core/memo_cache.hpp"
#include "../store/address.hpp"
#include "memo_flight.hpp"

#include <coterie/memo_types.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coterie::session {

class memo_table final : public std::enable_shared_from_this<memo_table>, public link_user
{
public:
    // Destroyed on the hub's strand, whoever gives up the last share. Throws std::invalid_argument that names the field.
    static std::shared_ptr<memo_table> make(std::shared_ptr<hub>, memo_config);

    memo_table(std::shared_ptr<hub>, memo_config);  // use make()
    ~memo_table();

    std::shared_ptr<hub> const& shared() const { return hub_; }
    memo_config const& config() const { return config_; }
    core::memo_cache& cache() { return cache_; }  // in any thread

    // On the strand, from here on.
    std::shared_ptr<bool const> closed() const { return closed_; }
    std::string address(std::string const& id) const { return store::memo_entry(config_.tag, id); }

    void get(std::string const& id, std::shared_ptr<memo_waiter>);
    task<> put(std::string id, memo_result, std::shared_ptr<caller<>> asking);
    task<> invalidate(std::string id, std::shared_ptr<caller<bool>> asking);

    // 16 characters that nobody else has.
    std::string next_token();

    // A look, sent after the ticket was had, found this.
    void keep(std::string const& id, std::uint64_t ticket, store::memo_record const&, core::local_time sent, core::duration fresh);

    void close();

private:
    std::string const& group() const override { return no_group_; }
    void on_link() override;
    void on_event(core::event const&) override {}
    void on_grant(store::grant const&) override {}
    void on_news(std::string const& address, store::news const&) override;
    void on_gap() override;

    bool begin(std::shared_ptr<caller_base> const&);
    std::shared_ptr<memo_flight> flight_of(std::string_view id) const;
    void outdate(std::string const& id, std::uint64_t fence);
    task<> listen(std::string id);
    void stop_listening(std::vector<std::string> const& ids);

    std::shared_ptr<hub> hub_;
    memo_config config_;
    core::memo_cache cache_;
    std::string no_group_;
    std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
    bool attached_ = false;
    std::string tokens_;  // what they begin with, drawn once: drawing costs more than a request
    std::uint64_t tokens_drawn_ = 0;
    std::map<std::string, std::weak_ptr<memo_flight>, std::less<>> flights_;  // kept by their coroutines: who waits in one may own us
    caller_list callers_;
};

}  // namespace coterie::session

#endif
