// What this server's SQL asks of SQLite that SQLite does not have.
#pragma once

struct sqlite3;

namespace plinto::polar::server {

/// Adds `decimal_sum(text)`: the exact sum of decimals, as text; null of none. SQLite's own sum() goes through doubles.
/// And `json_member(object, name)`: the member as text, as PostgreSQL's `->>` has it; null of none. SQLite's own takes
/// the name for a path.
void AddSqliteFunctions(sqlite3* database);

}  // namespace plinto::polar::server
