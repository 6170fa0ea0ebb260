// Reports recorded usage to Polar: in batches, each event until Polar has it.
//
// An event is given up when Polar has refused it alone five times over six hours and more while it took others, or when
// it is the only one: it is parked, and `plinto-polar usage` lists it and sends it again. While Polar takes nothing, be
// it that it does not answer or that it refuses every single event, all is left alone for up to a minute.
#pragma once

#include <optional>

#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// How long Polar has taken nothing: one for each outbox.
struct OutboxPause {
  int failures = 0;
  Timestamp until = {};
};

/// Reports what is due. Returns when the next will be, if any waits.
[[nodiscard]] Task<std::optional<Timestamp>> ReportUsage(Host& host, const Settings& settings, OutboxPause& pause);

}  // namespace plinto::polar::server
