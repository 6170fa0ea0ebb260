// Names that Plinto has and the buyer did not send with the request, cut to what Polar takes.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar::server {

/// CustomerNameInput and MemberName of Polar's customer/schemas: at most 256 characters, counted by code points.
inline constexpr std::size_t kLongestName = 256;

/// The name without NUL, which no database takes, cut to so many code points. Never in the middle of one.
[[nodiscard]] std::string FitName(std::string_view name);

}  // namespace plinto::polar::server
