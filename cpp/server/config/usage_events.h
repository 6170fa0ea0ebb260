// Reads USAGE_EVENTS. Private to config.
#pragma once

#include "server/config/config.h"
#include "server/config/reader.h"

namespace plinto::polar::server {

/// The text itself, or the content of the file that it names by a path that ends in `.json`.
[[nodiscard]] std::string UsageEventsText(ConfigReader& reader);
/// Names by comma, or an object from name to `{"minimum", "maximum"}`, both of which may be left out. Problems go to
/// the reader; none when it is not set.
[[nodiscard]] UsageRanges ReadUsageEvents(ConfigReader& reader);

}  // namespace plinto::polar::server
