// The two engines that every test of the store runs on: SQLite in memory, and a real PostgreSQL, started once for the
// whole run by scripts/postgres-for-tests, with a schema of its own for each test.
#pragma once

#include <memory>
#include <string>

#include "server/store/database.h"

namespace plinto::polar::server::testing {

/// The URL of a PostgreSQL schema that nobody has used yet.
[[nodiscard]] std::string NewPostgres();

/// Opens an empty database.
[[nodiscard]] std::unique_ptr<Database> OpenEmpty(SqlEngine engine);

}  // namespace plinto::polar::server::testing
