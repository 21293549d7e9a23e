// The worker processes of a run. Each slot has one at a time, behind a proxy of its own.
#ifndef COTERIE_TEST_CHAOS_CROWD_HPP
#define COTERIE_TEST_CHAOS_CROWD_HPP

#include "journal.hpp"
#include "settings.hpp"

#include "test/support/child_process.hpp"
#include "test/support/proxy.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::chaos {

class crowd
{
public:
    crowd(settings const&, std::uint16_t server_port, std::filesystem::path folder, journal& log);

    std::size_t size() const { return slots_.size(); }
    test::proxy& way(std::size_t slot) { return *slots_[slot].way; }
    bool frozen(std::size_t slot) const { return slots_[slot].frozen; }

    void kill(std::size_t slot);   // SIGKILL; its successor starts at once
    void close(std::size_t slot);  // SIGTERM; the same
    void freeze(std::size_t slot);
    void thaw(std::size_t slot);

    // Throws if one has ended that nobody told to.
    void look_after();

    // What the streams of all show when nobody does anything: a line for each topic, the same of all. Throws if one never rests, or sees something else.
    std::vector<std::string> come_to_rest();

    // Throws if one does not end in order.
    void close_all();

private:
    struct place
    {
        int number = 0;
        std::unique_ptr<test::proxy> way;
        std::unique_ptr<test::child_process> process;
        bool frozen = false;
        bool listens = false;  // to signals
    };

    void start(std::size_t);
    void await_end(test::child_process&, int number);
    void signal(place&, int number);
    std::string next_line(place&, std::string const& awaited);
    std::vector<std::string> look(bool must_agree);

    settings const& plan_;
    std::filesystem::path folder_;
    journal& log_;
    int started_ = 0;
    std::vector<place> slots_;
    std::list<place> leaving_;
};

}  // namespace coterie::chaos

#endif
