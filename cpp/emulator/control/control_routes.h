// /_emulator/: what a test or a person asks of the emulator itself.
#pragma once

#include <span>

namespace plinto::polar::emulator {

struct Route;

[[nodiscard]] std::span<const Route> ClockRoutes();
[[nodiscard]] std::span<const Route> ConektaRoutes();
[[nodiscard]] std::span<const Route> FaultRoutes();
[[nodiscard]] std::span<const Route> LogRoutes();
[[nodiscard]] std::span<const Route> TokenRoutes();

}  // namespace plinto::polar::emulator
