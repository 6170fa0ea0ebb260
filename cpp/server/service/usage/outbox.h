// Reports recorded usage to Polar: in batches, each event until Polar has it or refuses it for good.
#pragma once

#include <optional>

#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Reports what is due. Returns when the next will be, if any waits.
[[nodiscard]] Task<std::optional<Timestamp>> ReportUsage(Host& host, const Settings& settings);

}  // namespace plinto::polar::server
