#include <coterie/testing.hpp>

#include "../store/memory/registry.hpp"

namespace coterie::testing {

namespace memory = store::memory;

namespace {

template <typename Function>
std::shared_ptr<Function const> shared(Function function)
{
    return function ? std::make_shared<Function const>(std::move(function)) : nullptr;
}

}  // namespace

struct memory_server::state
{
    std::string name;
    std::shared_ptr<memory::server> server;
    std::string url;
};

memory_server::memory_server(std::shared_ptr<clock> clock) : state_{std::make_unique<state>()}
{
    state_->server = memory::make_test_server(std::move(clock), state_->name);
    state_->url = "memory:" + state_->name;
}

memory_server::~memory_server()
{
    memory::forget_server(state_->name);
}

std::string const& memory_server::url() const noexcept
{
    return state_->url;
}

void memory_server::on_request(std::function<request_fault(request const&)> ask)
{
    state_->server->configure([&](memory::faults& set) { set.on_request = shared(std::move(ask)); });
}

void memory_server::on_push(std::function<push_fault(push const&)> ask)
{
    state_->server->configure([&](memory::faults& set) { set.on_push = shared(std::move(ask)); });
}

void memory_server::drop_pushes(bool yes)
{
    state_->server->configure([&](memory::faults& set) { set.drop_pushes = yes; });
}

void memory_server::lose_data()
{
    state_->server->lose_data();
}

void memory_server::copy_to_replica()
{
    state_->server->copy_to_replica();
}

void memory_server::fail_over()
{
    state_->server->fail_over();
}

void memory_server::freeze()
{
    state_->server->configure([](memory::faults& set) { set.frozen = true; });
}

void memory_server::thaw()
{
    state_->server->thaw();
}

void memory_server::refuse_connections(bool yes)
{
    state_->server->configure([&](memory::faults& set) { set.refuse_connections = yes; });
}

void memory_server::disconnect_all()
{
    state_->server->disconnect_all();
}

void memory_server::full(bool yes)
{
    state_->server->configure([&](memory::faults& set) { set.full = yes; });
}

void memory_server::replicas(unsigned count)
{
    state_->server->configure([&](memory::faults& set) { set.replicas = count; });
}

void memory_server::step_time(clock::duration by)
{
    state_->server->step_time(by);
}

std::size_t memory_server::connections() const
{
    return state_->server->connections();
}

std::vector<std::string> memory_server::groups() const
{
    return state_->server->groups();
}

std::string memory_server::dump(std::string_view group) const
{
    return state_->server->dump(group);
}

}  // namespace coterie::testing
