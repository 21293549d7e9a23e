#include "timer_queue.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

namespace asio = boost::asio;

namespace coterie {

timer_queue::timer_id timer_queue::add(time_point when, handler h)
{
    auto const id = ++last_;
    asio::any_completion_executor work = asio::prefer(asio::get_associated_executor(h), asio::execution::outstanding_work.tracked);
    order_.emplace(std::pair{when, id}, entry{std::move(h), std::move(work)});
    times_.emplace(id, when);
    return id;
}

std::optional<timer_queue::entry> timer_queue::take(timer_id id)
{
    auto const time = times_.find(id);
    if (time == times_.end())
        return std::nullopt;
    auto node = order_.extract({time->second, id});
    times_.erase(time);
    return std::move(node.mapped());
}

std::vector<timer_queue::entry> timer_queue::take_due(time_point now)
{
    std::vector<entry> due;
    while (!order_.empty() && order_.begin()->first.first <= now)
    {
        auto node = order_.extract(order_.begin());
        times_.erase(node.key().second);
        due.push_back(std::move(node.mapped()));
    }
    return due;
}

}  // namespace coterie
