// What the listener refuses by itself, before a handler sees anything: what was wrong, and what to do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/foundation/error.h"

namespace plinto::polar::server {

[[nodiscard]] Error Malformed(std::string what);
/// A body over its limit, in bytes.
[[nodiscard]] Error TooLarge(std::size_t limit);
[[nodiscard]] Error TooManyBodies();
[[nodiscard]] Error TooManyConnections();
[[nodiscard]] Error HeaderTooLarge(std::size_t limit);
/// `part` is the header or the body.
[[nodiscard]] Error TooSlow(std::string_view part);
[[nodiscard]] Error Failed();

}  // namespace plinto::polar::server
