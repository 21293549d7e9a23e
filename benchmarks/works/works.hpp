// All that is measured. The names are those of the table in docs/benchmarks.md.
#ifndef COTERIE_BENCHMARKS_WORKS_WORKS_HPP
#define COTERIE_BENCHMARKS_WORKS_WORKS_HPP

#include "benchmarks/harness/work.hpp"

namespace coterie::benchmarks {

work lock_latency();
work lock_throughput();
work hand_off();
work one_lock_one_process();
work one_lock_many_processes();
work beat_of_many_members();
work many_sessions();
work join_event();
work expiry();
work snapshot();
work many_watchers();
work presence_calls();
work presence_memory();
work memo_hit();
work memo_herd();

}  // namespace coterie::benchmarks

#endif
