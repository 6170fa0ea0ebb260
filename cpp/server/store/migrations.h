// The database's schema, as forward-only steps. Tables and columns are the seed design's, plus what this design adds;
// keys begin with the tenant.
#pragma once

#include <span>
#include <string_view>

namespace plinto::polar::server {

/// The step at index i brings a database from version i to i + 1. A step is never changed once released.
[[nodiscard]] std::span<const std::string_view> SqliteMigrations();
/// The same tables and columns for PostgreSQL.
[[nodiscard]] std::span<const std::string_view> PostgresMigrations();

}  // namespace plinto::polar::server
