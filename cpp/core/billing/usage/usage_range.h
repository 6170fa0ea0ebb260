// How much of an event may be recorded at once: what USAGE_EVENTS says, and what holds where it says nothing.
//
// Pure. A range that is given binds everybody. Where there is none, end users record from 0 up, since usage below 0
// takes money off a bill, and back ends what they like.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/foundation/decimal.h"

namespace plinto::polar {

struct UsageRange {
  std::optional<Decimal> minimum = {};
  std::optional<Decimal> maximum = {};

  bool operator==(const UsageRange&) const = default;
};

/// The events that end users may record, by name.
using UsageRanges = std::map<std::string, UsageRange, std::less<>>;

/// Errors: VALIDATION_FAILED on `quantity`, naming the range.
[[nodiscard]] Status CheckUsageRange(const UsageRange& range, const Decimal& quantity, bool is_end_user);

}  // namespace plinto::polar
