// How a row of usage is read, and how PostgreSQL makes the id of a new one.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/rows.h"

namespace plinto::polar::server::sql {

constexpr char kUsageTable[] = "polar_usage_events";
constexpr char kUsageColumns[] =
    "id, organization_id, user_id, external_id, event_name, quantity, properties, created_at, reported_to_polar_at,"
    " attempts, refusals, refused_at, used_at, coalesce(parent_id, ''), coalesce(member_id, '')";
/// So many.
inline constexpr int kUsageColumnsRead = 15;

/// Of a query that selects kUsageColumns first.
[[nodiscard]] UsageRow ReadUsage(Query& query);
/// What is stored was checked when it came.
[[nodiscard]] Decimal QuantityOf(const std::string& text);

}  // namespace plinto::polar::server::sql
