// What Polar says beside what the mirror holds: which objects it would change, and how.
#pragma once

#include <string>
#include <vector>

#include "server/store/engines/sql.h"
#include "server/store/rows.h"

namespace plinto::polar::server::sql {

struct Comparison {
  std::vector<Repair> repairs = {};
  /// Something is held that differs and is as new as the question: news of it may be on its way, or lost. Polar is
  /// asked once more.
  bool is_in_doubt = false;
};

/// By the order of facts (core/billing/fact_order.h): what is held and newer is no difference. Compared is what decides
/// and what lists show of it; a change is told without names, addresses and other words of people.
[[nodiscard]] Comparison CompareFacts(const Scope& db, const Facts& facts);

}  // namespace plinto::polar::server::sql
