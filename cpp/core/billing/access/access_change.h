// What one webhook says of access: that a customer has it, or has it no longer. For receivers that keep no state.
//
// Pure. The rule is that of the whole state (entitlements.h), asked of the one fact that the event brings: its snapshot
// decides, not its name, as of the time at which it was emitted. So it says the same thing again with each snapshot,
// and what is told must be set, not counted.
//
// Where nothing is said:
//   - Orders of a subscription: the subscription says it.
//   - Other snapshots of an order than `order.paid`: they do not show that a refund has revoked its benefits.
//   - Refunds of a subscription's order, and those that revoke no benefits: Polar takes nothing away for them.
//   - Grants of benefits: a product is not lost with one of them, nor is a change of the plan that takes one.
#pragma once

#include "core/billing/access/entitlements.h"

namespace plinto::polar {

struct AccessChange {
  Access access = {};
  /// When the event was emitted, always with six fraction digits: such texts are ordered as the times are.
  std::string at;
  std::string customer_id;
  std::optional<std::string> external_id = {};  ///< the Plinto user or organization, where the event tells it
  std::optional<std::string> product_id = {};
  /// What gives access. With neither, it is all that the customer has.
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> order_id = {};
};
template <>
inline constexpr auto kDescription<AccessChange> = Describe(
    Output("What an event says of access."), Field("access", &AccessChange::access, "The answer, and its reason."),
    Field("at", &AccessChange::at, "When the event was emitted."),
    Field("customer_id", &AccessChange::customer_id, "At Polar."),
    Field("external_id", &AccessChange::external_id, "The Plinto user or organization."),
    Field("product_id", &AccessChange::product_id, "What there is access to."),
    Field("subscription_id", &AccessChange::subscription_id, "The subscription that gives access."),
    Field("order_id", &AccessChange::order_id, "The one-time purchase that gives access."));

/// `grace_days`: how long a failed charge is waited for; Polar itself waits 0 days unless the organization says
/// otherwise. Errors: VALIDATION_FAILED, naming the field below `data`, when the rule cannot do without what is
/// missing.
[[nodiscard]] Result<std::optional<AccessChange>> DecideAccessChange(const WebhookEvent& event,
                                                                     std::int64_t grace_days);

}  // namespace plinto::polar
