// `POST /subscriptions/{id}/cancel` and `/change` of our own API; `/resume` takes no more than whom it is about.
//
// Values only. Each is answered with the subscription as it is afterwards (gateway/customer.h).
#pragma once

#include <optional>
#include <string>

#include "core/model/subscription_update.h"

namespace plinto::polar {

struct CancelOptions {
  std::optional<std::string> reason = {};
  std::optional<std::string> comment = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<CancelOptions> = Describe(
    Input("Why a subscription is canceled."),
    Field("reason", &CancelOptions::reason, "Why; one of Polar's words.", Known(kEnumTexts<CancellationReason>)),
    Field("comment", &CancelOptions::comment, "In the buyer's words.", Length(0, 1'000)),
    Field("organization_id", &CancelOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct ChangeOptions {
  std::optional<std::string> product_id = {};
  std::optional<std::string> slug = {};
  std::optional<std::int64_t> seats = {};
  std::optional<std::string> proration_behavior = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<ChangeOptions> = Describe(
    Input("What a subscription is changed to; one change at a time."),
    Field("product_id", &ChangeOptions::product_id, "The product to change to.", kUuid),
    Field("slug", &ChangeOptions::slug, "The same by its name in PRODUCTS.", Length(1, 128)),
    Field("seats", &ChangeOptions::seats, "How many seats from now on; not fewer than are assigned.",
          Range(1, INT32_MAX)),
    Field("proration_behavior", &ChangeOptions::proration_behavior,
          "How it is billed; as Polar's organization is set when absent. Buyers may choose what PRODUCTS opens.",
          Known(kEnumTexts<Proration>)),
    Field("organization_id", &ChangeOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

/// What the fields' own constraints do not say: words of Polar's lists, one change at a time.
/// Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] Status CheckCancelRequest(const CancelOptions& request);
[[nodiscard]] Status CheckChangeRequest(const ChangeOptions& request);

}  // namespace plinto::polar
