// How either engine goes about the statements of the store: what is looked at by plans_test.cpp with planted
// statistics, and by rows_test.cpp with real rows.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/store/engines/sql_runner.h"

namespace plinto::polar::server::testing {

/// What the stores and the database prepare on this engine: each of their functions is called once over a connection
/// that writes it down (all_statements.cpp).
[[nodiscard]] std::set<std::string> StatementsOn(const std::shared_ptr<SqlRunner>& runner);

/// So many webhooks, four times as much usage, and of everything else as much as there are customers to that, of
/// several tenants; `acme` has most of it. A third of its usage is of `user_0`. (big_rows.cpp)
void Fill(SqlRunner& runner, std::int64_t webhooks);

/// Runs one statement; the first or another column of a query.
void Execute(SqlRunner& runner, const std::string& sql);
[[nodiscard]] std::vector<std::string> Lines(SqlRunner& runner, const std::string& sql, int column = 0);

/// The statistics of what is there, times so much.
void Analyze(SqlRunner& runner, SqlEngine engine, std::int64_t times);
/// Fails the test for each statement that reads a table whole, or all of a tenant's rows.
void CheckPlans(const std::shared_ptr<SqlRunner>& runner, SqlEngine engine, const std::set<std::string>& texts);

}  // namespace plinto::polar::server::testing
