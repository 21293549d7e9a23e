// How the program ends, unless a CMD it ran says it.
#ifndef COTERIE_SRC_CLI_EXIT_CODE_HPP
#define COTERIE_SRC_CLI_EXIT_CODE_HPP

namespace coterie::cli::exit_code {

inline constexpr int ok = 0;
inline constexpr int error = 1;
inline constexpr int usage = 2;
inline constexpr int not_acquired = 75;  // EX_TEMPFAIL of sysexits.h: try again later
inline constexpr int lost = 76;
inline constexpr int cannot_execute = 126;  // these as every shell says them
inline constexpr int not_found = 127;
inline constexpr int signalled = 128;  // plus the number of the signal

}  // namespace coterie::cli::exit_code

#endif
