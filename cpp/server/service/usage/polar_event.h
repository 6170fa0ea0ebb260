// A recorded event as Polar has it: what its quantity and its properties become there, and when it was.
#pragma once

#include "core/foundation/json.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// The quantity travels as a metadata key of that name, the properties beside it.
[[nodiscard]] Json MetadataOf(const UsageRow& usage);

/// When it was used, as its sender or the server says.
[[nodiscard]] Timestamp UsedAt(const UsageRow& usage);

}  // namespace plinto::polar::server
