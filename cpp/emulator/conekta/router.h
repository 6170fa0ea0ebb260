// Answers the requests under `/conekta`: finds the route, checks the key, lets faults strike.
#pragma once

#include "core/foundation/http.h"
#include "emulator/api/router.h"

namespace plinto::polar::emulator::conekta {

/// Whether the request is for Conekta: its path begins with `/conekta/`.
[[nodiscard]] bool IsConektas(const HttpRequest& request);
[[nodiscard]] Dispatched Dispatch(World& world, const HttpRequest& request);

}  // namespace plinto::polar::emulator::conekta
