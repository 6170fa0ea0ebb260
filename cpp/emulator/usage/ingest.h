// POST /v1/events/ingest: reads a batch of usage events as Polar reads it.
#pragma once

#include "core/foundation/http.h"

namespace plinto::polar::emulator {

struct World;
struct Call;

/// All or nothing: an unknown customer_id refuses the whole batch, an unknown external customer does not. Polar fails
/// over events that are each other's parents, or their own: 500.
[[nodiscard]] HttpResponse IngestEvents(World& world, const Call& call);

}  // namespace plinto::polar::emulator
