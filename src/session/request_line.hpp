// Requests for the same lock, in the order they came. However many wait, a step costs the same: those who are to be found among the others are counted,
// and whoever looks for them takes them all.
#ifndef COTERIE_SRC_SESSION_REQUEST_LINE_HPP
#define COTERIE_SRC_SESSION_REQUEST_LINE_HPP

#include "lock_wish.hpp"

#include <list>
#include <memory>
#include <utility>
#include <vector>

namespace coterie::session {

class request_line
{
public:
    using request_ptr = std::shared_ptr<lock_request>;

    bool empty() const { return line_.empty(); }
    std::size_t size() const { return line_.size(); }

    void enter(request_ptr one)
    {
        count(*one, 1);
        line_.push_back(std::move(one));
    }

    // Null: nobody wants it any more.
    request_ptr first()
    {
        while (!line_.empty() && !line_.front()->wanted())
            take_first();
        return line_.empty() ? nullptr : line_.front();
    }

    request_ptr take_first()
    {
        auto const one = line_.front();
        line_.pop_front();
        count(*one, -1);
        return one;
    }

    std::list<request_ptr> take_all()
    {
        reentrant_ = hasty_ = 0;
        return std::exchange(line_, {});
    }

    std::vector<request_ptr> take_reentrant()
    {
        return take(reentrant_, [](lock_request const& one) { return one.reentrant; });
    }

    std::vector<request_ptr> take_who_does_not_wait()
    {
        return take(hasty_, [](lock_request const& one) { return !one.waits; });
    }

private:
    void count(lock_request const& one, int more)
    {
        reentrant_ += one.reentrant ? more : 0;
        hasty_ += one.waits ? 0 : more;
    }

    template <class Predicate>
    std::vector<request_ptr> take(int known, Predicate is_meant)
    {
        std::vector<request_ptr> taken;
        if (known == 0)
            return taken;
        std::erase_if(line_, [&](request_ptr const& one) {
            if (!is_meant(*one))
                return false;
            count(*one, -1);
            taken.push_back(one);
            return true;
        });
        return taken;
    }

    std::list<request_ptr> line_;
    int reentrant_ = 0;
    int hasty_ = 0;
};

}  // namespace coterie::session

#endif
