#include "core/webhook/event_data.h"

#include <algorithm>
#include <iterator>

#include "core/webhook/event_names.h"

namespace plinto::polar {
namespace {

template <class Model>
Result<WebhookData> Read(const Json& data) {
  Model model = {};
  if (Status status = codec::DecodeInto(data, model, kAny, {}); !status) {
    return WithFieldPrefix(std::move(status).error(), "data");
  }
  return WebhookData(std::in_place_type<Model>, std::move(model));
}

template <class Model>
constexpr WebhookEventType Holds(std::string_view name) {
  return {name, &codec::kType<Model>, Read<Model>};
}

// Polar's OpenAPI document of 2026-04 has all but `subscription.migrated`, which its client of that version knows.
constexpr WebhookEventType kTypes[] = {
    Holds<Checkout>("checkout.created"),
    Holds<Checkout>("checkout.updated"),
    Holds<Checkout>("checkout.expired"),
    Holds<Customer>("customer.created"),
    Holds<Customer>("customer.updated"),
    Holds<Customer>("customer.deleted"),
    Holds<CustomerState>("customer.state_changed"),
    Holds<CustomerSeat>("customer_seat.assigned"),
    Holds<CustomerSeat>("customer_seat.claimed"),
    Holds<CustomerSeat>("customer_seat.revoked"),
    Holds<Member>("member.created"),
    Holds<Member>("member.updated"),
    Holds<Member>("member.deleted"),
    Holds<Order>("order.created"),
    Holds<Order>("order.updated"),
    Holds<Order>("order.paid"),
    Holds<Order>("order.refunded"),
    Holds<Subscription>("subscription.created"),
    Holds<Subscription>("subscription.updated"),
    Holds<Subscription>("subscription.active"),
    Holds<Subscription>("subscription.canceled"),
    Holds<Subscription>("subscription.uncanceled"),
    Holds<Subscription>("subscription.cycled"),
    Holds<Subscription>("subscription.revoked"),
    Holds<Subscription>("subscription.past_due"),
    Holds<Subscription>("subscription.paused"),
    Holds<Subscription>("subscription.resumed"),
    Holds<Subscription>("subscription.migrated"),
    Holds<Refund>("refund.created"),
    Holds<Refund>("refund.updated"),
    Holds<Product>("product.created"),
    Holds<Product>("product.updated"),
    Holds<Discount>("discount.created"),
    Holds<Discount>("discount.updated"),
    Holds<Discount>("discount.deleted"),
    Holds<Organization>("organization.updated"),
    Holds<Benefit>("benefit.created"),
    Holds<Benefit>("benefit.updated"),
    Holds<BenefitGrant>("benefit_grant.created"),
    Holds<BenefitGrant>("benefit_grant.updated"),
    Holds<BenefitGrant>("benefit_grant.cycled"),
    Holds<BenefitGrant>("benefit_grant.revoked"),
};

constexpr bool IsNamed(const WebhookEventType& type, std::string_view name) { return type.name == name; }
static_assert(std::equal(std::begin(kTypes), std::end(kTypes), kWebhookEventNames.begin(), kWebhookEventNames.end(),
                         IsNamed),
              "event_names.h lists the same types in the same order");

}  // namespace

std::span<const WebhookEventType> WebhookEventTypes() { return kTypes; }

const WebhookEventType* FindWebhookEventType(std::string_view name) {
  for (const WebhookEventType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

Result<WebhookData> ReadWebhookData(const WebhookEvent& event) {
  const WebhookEventType* type = FindWebhookEventType(event.type);
  if (type == nullptr) return WebhookData(UnknownWebhookData{});
  return type->read(event.data);
}

}  // namespace plinto::polar
