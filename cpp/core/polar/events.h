// Usage events. Polar takes a whole batch or refuses it; an external id it has seen is counted, not stored again.
#pragma once

#include <span>

#include "core/model/usage_event.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Of events as JSON texts (DumpJson(Encode(event))). A body over 10 MiB is refused with 413; one event that Polar
/// refuses (422) refuses the batch.
[[nodiscard]] HttpRequest BuildIngestUsage(const PolarAccount& account, std::span<const std::string_view> events);
/// Errors: those of ParseAnswer (request.h).
[[nodiscard]] Result<UsageIngestAnswer> ParseUsageIngestAnswer(const HttpResponse& response);

}  // namespace plinto::polar
