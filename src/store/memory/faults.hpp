// What a server does wrong, on demand.
#ifndef COTERIE_SRC_STORE_MEMORY_FAULTS_HPP
#define COTERIE_SRC_STORE_MEMORY_FAULTS_HPP

#include <coterie/testing.hpp>

#include <functional>
#include <memory>

namespace coterie::store::memory {

// The functions are shared so that one may set another in its place while it is called.
struct faults
{
    std::shared_ptr<std::function<testing::request_fault(testing::request const&)> const> on_request;  // none: no faults
    std::shared_ptr<std::function<testing::push_fault(testing::push const&)> const> on_push;
    bool drop_pushes = false;
    bool frozen = false;
    bool refuse_connections = false;
    bool full = false;
    unsigned replicas = 0;
};

}  // namespace coterie::store::memory

#endif
