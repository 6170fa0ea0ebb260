// The data of Polar's events as models. One table says which model each type of event holds: C++ reads by it, and the
// TypeScript types of webhooks are printed from it (core/schema/webhook_typescript.h).
//
// Pure and thread-safe. Nothing here refuses an event: of a type that is not in the table, and where Polar's data is
// not what the model says, the caller still has its JSON in WebhookEvent::data.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/model/benefit_grant.h"
#include "core/model/checkout.h"
#include "core/model/customer_seat.h"
#include "core/model/customer_state.h"
#include "core/model/order.h"
#include "core/model/organization.h"
#include "core/model/refund.h"
#include "core/webhook/event.h"

namespace plinto::polar {

/// Of a type that this version does not know. What it holds is in WebhookEvent::data.
struct UnknownWebhookData {};

/// What an event says, by its type; ask with std::get_if. Times are UTC, amounts integers in minor units.
using WebhookData = std::variant<UnknownWebhookData, Checkout, Customer, CustomerState, CustomerSeat, Member, Order,
                                 Subscription, Refund, Product, Discount, Organization, Benefit, BenefitGrant>;

/// One row of the table.
struct WebhookEventType {
  std::string_view name;         ///< as the envelope's `type` spells it, such as `subscription.updated`
  const codec::TypeTable* data;  ///< the model of its data
  Result<WebhookData> (*read)(const Json& data);
};

/// Every type that this version knows, grouped by what they are about.
[[nodiscard]] std::span<const WebhookEventType> WebhookEventTypes();

/// The row of a type, or null when this version does not know it.
[[nodiscard]] const WebhookEventType* FindWebhookEventType(std::string_view name);

/// The event's data as the model of its type; UnknownWebhookData for a type that is not in the table.
/// Errors: VALIDATION_FAILED, naming the field as a path from the envelope (`data.customer.id`).
[[nodiscard]] Result<WebhookData> ReadWebhookData(const WebhookEvent& event);

}  // namespace plinto::polar
