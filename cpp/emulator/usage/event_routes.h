// /v1/events/: the handlers, which stand in two files.
#pragma once

#include "emulator/api/router.h"
#include "emulator/usage/events.h"

namespace plinto::polar::emulator {

/// Whole batch or nothing: an unknown customer_id refuses it, an unknown external customer does not.
[[nodiscard]] HttpResponse IngestEvents(World& world, const Call& call);
[[nodiscard]] HttpResponse ListEvents(World& world, const Call& call);
[[nodiscard]] HttpResponse ListEventNames(World& world, const Call& call);
[[nodiscard]] HttpResponse ReadEventById(World& world, const Call& call);

}  // namespace plinto::polar::emulator
