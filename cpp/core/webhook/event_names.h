// The types of webhook events, by name: for those who route or offer them and have no use for their data.
//
// The same types in the same order as WebhookEventTypes() (event_data.h), which is checked when that is compiled.
#pragma once

#include <array>
#include <string_view>

namespace plinto::polar {

inline constexpr auto kWebhookEventNames = std::to_array<std::string_view>({
    "checkout.created",      "checkout.updated",        "checkout.expired",       "customer.created",
    "customer.updated",      "customer.deleted",        "customer.state_changed", "customer_seat.assigned",
    "customer_seat.claimed", "customer_seat.revoked",   "member.created",         "member.updated",
    "member.deleted",        "order.created",           "order.updated",          "order.paid",
    "order.refunded",        "subscription.created",    "subscription.updated",   "subscription.active",
    "subscription.canceled", "subscription.uncanceled", "subscription.cycled",    "subscription.revoked",
    "subscription.past_due", "subscription.paused",     "subscription.resumed",   "subscription.migrated",
    "refund.created",        "refund.updated",          "product.created",        "product.updated",
    "discount.created",      "discount.updated",        "discount.deleted",       "organization.updated",
    "benefit.created",       "benefit.updated",         "benefit_grant.created",  "benefit_grant.updated",
    "benefit_grant.cycled",  "benefit_grant.revoked",
});

}  // namespace plinto::polar
