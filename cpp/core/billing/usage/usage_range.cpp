#include "core/billing/usage/usage_range.h"

#include <string>

#include "core/foundation/decimal_sum.h"

namespace plinto::polar {
namespace {

std::string TextOf(const std::optional<Decimal>& minimum, const std::optional<Decimal>& maximum) {
  if (!maximum) return "at least " + minimum->text();
  if (!minimum) return "at most " + maximum->text();
  return "from " + minimum->text() + " to " + maximum->text();
}

}  // namespace

Status CheckUsageRange(const UsageRange& range, const Decimal& quantity, bool is_end_user) {
  const std::optional<Decimal> minimum = is_end_user && !range.minimum ? Decimal(0) : range.minimum;
  const DecimalSum amount(quantity);
  const bool is_less = minimum && amount < DecimalSum(*minimum);
  const bool is_more = range.maximum && amount > DecimalSum(*range.maximum);
  if (!is_less && !is_more) return Done{};
  std::string message = "Must be " + TextOf(minimum, range.maximum) + " for this event.";
  if (!range.minimum && is_less) message += " End users take no usage back unless USAGE_EVENTS says how much.";
  return ValidationError("quantity", std::move(message));
}

}  // namespace plinto::polar
