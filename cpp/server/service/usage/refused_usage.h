// What becomes of a usage event that Polar refuses: it is tried for six hours, then given up and told of, to the
// operator by a line and to the application by `usage.refused`. Both may mend it: `plinto-polar usage correct`.
#pragma once

#include <string>

#include "server/service/shared.h"

namespace plinto::polar::server {

/// Polar has refused it alone: it is tried again later, or given up after the fifth time over six hours and more.
[[nodiscard]] Task<Status> WriteRefused(Shared& shared, const UsageRow& usage, std::string reason);
/// Gives it up at once.
[[nodiscard]] Task<Status> GiveUpUsage(Shared& shared, const UsageRow& usage, std::string reason,
                                       const std::string& claim);

}  // namespace plinto::polar::server
