#include "core/gateway/subscriptions.h"

#include <algorithm>

#include "core/foundation/error.h"

namespace plinto::polar {
namespace {

// Polar refuses words that it does not know, so a request may have none; answers may.
template <class E>
Status CheckWord(const std::optional<std::string>& word, const char* field) {
  if (!word) return Done{};
  const auto& known = kEnumTexts<E>;
  if (std::find(known.begin(), known.end(), *word) != known.end()) return Done{};
  std::string message = "Must be one of";
  for (const std::string_view text : known) message += (text == known.front() ? " " : ", ") + std::string(text);
  return ValidationError(field, message + ".");
}

}  // namespace

Status CheckCancelRequest(const CancelOptions& request) {
  return CheckWord<CancellationReason>(request.reason, "reason");
}

Status CheckChangeRequest(const ChangeOptions& request) {
  const int changes =
      int{request.product_id.has_value()} + int{request.slug.has_value()} + int{request.seats.has_value()};
  if (changes != 1) {
    return ValidationError("product_id", "Give exactly one of product_id, slug and seats: one change at a time.");
  }
  return CheckWord<Proration>(request.proration_behavior, "proration_behavior");
}

}  // namespace plinto::polar
