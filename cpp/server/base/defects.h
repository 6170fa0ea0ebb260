// Mistakes that are planted on purpose, so that the simulation of tests/sim can show that it finds them.
//
// A file that plants one is listed in cpp/server/CMakeLists.txt. Only the simulation compiles it with
// PLINTO_POLAR_DEFECTS; everywhere else HasDefect() is false when it is compiled, and nothing of it is left.
#pragma once

#include <string_view>

#ifdef PLINTO_POLAR_DEFECTS
#include <string>
#endif

namespace plinto::polar::server {

#ifdef PLINTO_POLAR_DEFECTS
/// The one that is switched on; set before anything runs.
inline std::string planted_defect;
[[nodiscard]] inline bool HasDefect(std::string_view name) { return planted_defect == name; }
#else
[[nodiscard]] constexpr bool HasDefect(std::string_view /*name*/) { return false; }
#endif

}  // namespace plinto::polar::server
