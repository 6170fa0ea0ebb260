// Every route of the emulator: each noun lists its own, here they come together.
#pragma once

#include <span>

#include "emulator/api/router.h"

namespace plinto::polar::emulator {

[[nodiscard]] std::span<const std::span<const Route>> AllRoutes();

}  // namespace plinto::polar::emulator
