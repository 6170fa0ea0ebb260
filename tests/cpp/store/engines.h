// The two engines that every test of the store runs on: SQLite in memory, and a real PostgreSQL, started once for the
// whole run by scripts/postgres-for-tests, with a schema of its own for each test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/store/database.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::server::testing {

/// The URL of a PostgreSQL schema that nobody has used yet.
[[nodiscard]] std::string NewPostgres();

/// Opens an empty database.
[[nodiscard]] std::unique_ptr<Database> OpenEmpty(SqlEngine engine);

/// The same, for a test that looks at rows which the store hands to nobody: what SqlStore and RowsOf() work on.
[[nodiscard]] std::shared_ptr<SqlRunner> OpenRunner(SqlEngine engine);
/// The same, shared by servers on SQLite too, by a clock that outlives it.
[[nodiscard]] std::shared_ptr<SqlRunner> OpenShared(SqlEngine engine, const Clock& clock);
/// The first column of a query over all tenants, as text.
[[nodiscard]] std::vector<std::string> RowsOf(SqlRunner& runner, const char* sql);

}  // namespace plinto::polar::server::testing
