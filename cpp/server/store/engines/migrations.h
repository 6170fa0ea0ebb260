// The database's schema, as forward-only steps: the same tables and columns on both engines.
#pragma once

#include <string>
#include <vector>

#include "server/store/engines/sql.h"

namespace plinto::polar::server {

/// The step at index i brings a database from version i to i + 1. A step is never changed once released.
[[nodiscard]] std::vector<std::string> MigrationsFor(SqlEngine engine);

}  // namespace plinto::polar::server
