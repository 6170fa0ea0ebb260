#include "emulator/customers/grants.h"

#include <algorithm>

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// `benefit.granted`, `benefit.cycled` or `benefit.revoked`, before the webhook.
void Record(World& world, const Grant& grant, std::string_view name) {
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  Json metadata = Json::object({{"benefit_id", grant.benefit_id},
                                {"benefit_grant_id", grant.id},
                                {"benefit_type", benefit == nullptr ? Json(nullptr) : Json(benefit->type)}});
  if (!grant.member_id.empty()) SetMember(metadata, "member_id", grant.member_id);
  AddSystemEvent(world, grant.customer_id, name, std::move(metadata));
}

void Announce(World& world, const Grant& grant, std::string_view type, Json previous = nullptr) {
  Json data = RenderGrant(world, grant);
  SetMember(data, "previous_properties", std::move(previous));
  Emit(world, type, std::move(data));
  if (Customer* customer = world.customers.Find(grant.customer_id)) TouchState(world, *customer);
}

// What a meter credit does with each grant, cycle and revocation; nothing for the other types.
void Credit(World& world, Grant& grant, const Benefit& benefit, std::int64_t units) {
  const auto credit = MeterCreditOf(benefit);
  const Customer* customer = world.customers.Find(grant.customer_id);
  const Meter* meter = credit ? world.meters.Find(credit->meter_id) : nullptr;
  if (meter == nullptr || customer == nullptr) return;
  grant.credit_event_id = CreditMeter(world, *customer, *meter, units, credit->rollover);
  grant.properties = Json::object(
      {{"last_credited_meter_id", meter->id}, {"last_credited_units", units}, {"last_credited_at", ToJson(world.now)}});
}

// Billing resets its meters after it has made the invoice; other meters are reset here.
void ResetOnce(World& world, const Grant& grant, const MeterCredit& credit) {
  const Customer* customer = world.customers.Find(grant.customer_id);
  const Meter* meter = world.meters.Find(credit.meter_id);
  if (customer == nullptr || meter == nullptr) return;
  if (!WasResetAfter(world, *customer, *meter, grant.credit_event_id)) ResetMeter(world, *customer, *meter);
}

void Revoke(World& world, Grant& grant) {
  const Json before = grant.properties;
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  const auto units = FindInteger(grant.properties, "last_credited_units");
  if (benefit != nullptr && units) Credit(world, grant, *benefit, -*units);
  grant.granted_at.reset();
  grant.revoked_at = world.now;
  grant.modified_at = world.now;
  Record(world, grant, "benefit.revoked");
  Announce(world, grant, "benefit_grant.revoked", before);
}

bool IsHeld(const Grant& grant, const GrantTarget& target) {
  return grant.subscription_id == target.subscription_id && grant.order_id == target.order_id &&
         grant.customer_id == target.customer_id && (target.member_id.empty() || grant.member_id == target.member_id);
}

void GrantOne(World& world, const GrantTarget& target, const Benefit& benefit) {
  Grant* grant =
      world.grants.FindIf([&](const Grant& one) { return one.benefit_id == benefit.id && IsHeld(one, target); });
  if (grant != nullptr && grant->granted_at) return;
  if (grant == nullptr) {
    grant = &world.grants.Add({.id = world.random.Uuid(),
                               .created_at = world.now,
                               .benefit_id = benefit.id,
                               .customer_id = target.customer_id,
                               .member_id = target.member_id,
                               .subscription_id = target.subscription_id,
                               .order_id = target.order_id});
  } else {
    grant->modified_at = world.now;
  }
  grant->granted_at = world.now;
  grant->revoked_at.reset();
  if (const auto credit = MeterCreditOf(benefit)) Credit(world, *grant, benefit, credit->units);
  Record(world, *grant, "benefit.granted");
  Announce(world, *grant, "benefit_grant.created");
}

bool IsSeatBased(const World& world, const Product& product) {
  return std::any_of(product.price_ids.begin(), product.price_ids.end(), [&](const std::string& id) {
    const Price* price = world.prices.Find(id);
    return price != nullptr && price->kind == PriceKind::kSeatBased;
  });
}

void GrantToBuyer(World& world, GrantTarget target, const std::string& product_id) {
  const Product* product = world.products.Find(product_id);
  const Customer* customer = world.customers.Find(target.customer_id);
  if (product == nullptr || customer == nullptr || IsSeatBased(world, *product)) return;
  const Member* owner = OwnerOf(world, *customer);
  if (owner != nullptr) target.member_id = owner->id;
  GrantTo(world, target, *product);
}

}  // namespace

void GrantTo(World& world, const GrantTarget& target, const Product& product) {
  for (Grant& grant : world.grants) {
    const auto& ids = product.benefit_ids;
    const bool keeps = std::find(ids.begin(), ids.end(), grant.benefit_id) != ids.end();
    if (!keeps && grant.granted_at && IsHeld(grant, target)) Revoke(world, grant);
  }
  for (const std::string& id : product.benefit_ids) {
    const Benefit* benefit = world.benefits.Find(id);
    if (benefit != nullptr && !benefit->deleted) GrantOne(world, target, *benefit);
  }
}

void RevokeFrom(World& world, const GrantTarget& target) {
  for (Grant& grant : world.grants) {
    if (grant.granted_at && IsHeld(grant, target)) Revoke(world, grant);
  }
}

void GrantBenefits(World& world, std::string_view subscription_id) {
  const Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsActive(*subscription)) return;
  GrantToBuyer(world, {.customer_id = subscription->customer_id, .subscription_id = subscription->id},
               subscription->product_id);
}

void GrantOrderBenefits(World& world, std::string_view order_id) {
  const Order* order = world.orders.Find(order_id);
  if (order == nullptr) return;
  GrantToBuyer(world, {.customer_id = order->customer_id, .order_id = order->id}, order->product_id);
}

void RevokeBenefits(World& world, std::string_view subscription_id) {
  for (Grant& grant : world.grants) {
    if (grant.subscription_id == subscription_id && grant.granted_at) Revoke(world, grant);
  }
}

void RevokeOrderBenefits(World& world, std::string_view order_id) {
  for (Grant& grant : world.grants) {
    if (grant.order_id == order_id && grant.granted_at) Revoke(world, grant);
  }
}

void CycleBenefits(World& world, std::string_view subscription_id) {
  for (Grant& grant : world.grants) {
    if (grant.subscription_id != subscription_id || !grant.granted_at) continue;
    const Json before = grant.properties;
    const Benefit* benefit = world.benefits.Find(grant.benefit_id);
    if (const auto credit = benefit == nullptr ? std::nullopt : MeterCreditOf(*benefit)) {
      ResetOnce(world, grant, *credit);
      Credit(world, grant, *benefit, credit->units);
      grant.modified_at = world.now;
    }
    Record(world, grant, "benefit.cycled");
    Announce(world, grant, "benefit_grant.cycled", before);
  }
}

}  // namespace plinto::polar::emulator
