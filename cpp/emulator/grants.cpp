#include "emulator/grants.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// `BenefitGrantWebhook` of a feature flag.
Json RenderGrantWebhook(const World& world, const Grant& grant) {
  const Customer* customer = world.customers.Find(grant.customer_id);
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  const Member* member = world.members.Find(grant.member_id);
  return Json::object({
      {"created_at", ToJson(grant.created_at)},
      {"modified_at", OrNull(grant.modified_at)},
      {"id", grant.id},
      {"granted_at", OrNull(grant.granted_at)},
      {"is_granted", grant.granted_at.has_value()},
      {"revoked_at", OrNull(grant.revoked_at)},
      {"is_revoked", grant.revoked_at.has_value()},
      {"subscription_id", grant.subscription_id},
      {"order_id", nullptr},
      {"customer_id", grant.customer_id},
      {"member_id", IdOrNull(grant.member_id)},
      {"benefit_id", grant.benefit_id},
      {"error", nullptr},
      {"customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer)},
      {"member", member == nullptr ? Json(nullptr) : RenderMember(*member)},
      {"benefit", benefit == nullptr ? Json(nullptr) : RenderBenefit(world, *benefit)},
      {"properties", Json::object()},
      {"previous_properties", nullptr},
  });
}

void Announce(World& world, const Grant& grant, std::string_view type) {
  Emit(world, type, RenderGrantWebhook(world, grant));
  if (Customer* customer = world.customers.Find(grant.customer_id)) TouchState(world, *customer);
}

}  // namespace

Json RenderStateGrant(const Grant& grant) {
  return Json::object({
      {"id", grant.id},
      {"created_at", ToJson(grant.created_at)},
      {"modified_at", OrNull(grant.modified_at)},
      {"granted_at", OrNull(grant.granted_at)},
      {"benefit_id", grant.benefit_id},
      {"benefit_type", "feature_flag"},
      {"benefit_metadata", Json::object()},
      {"properties", Json::object()},
  });
}

void GrantBenefits(World& world, std::string_view subscription_id) {
  const Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsActive(*subscription)) return;
  const Product* product = world.products.Find(subscription->product_id);
  const Customer* customer = world.customers.Find(subscription->customer_id);
  if (product == nullptr || customer == nullptr) return;
  const Member* owner = OwnerOf(world, *customer);
  for (const std::string& benefit_id : product->benefit_ids) {
    const Grant& grant = world.grants.Add({.id = world.random.Uuid(),
                                           .created_at = world.now,
                                           .granted_at = world.now,
                                           .benefit_id = benefit_id,
                                           .customer_id = customer->id,
                                           .member_id = owner == nullptr ? "" : owner->id,
                                           .subscription_id = subscription->id});
    Announce(world, grant, "benefit_grant.created");
  }
}

void RevokeBenefits(World& world, std::string_view subscription_id) {
  for (Grant& grant : world.grants) {
    if (grant.subscription_id != subscription_id || !grant.granted_at) continue;
    grant.granted_at.reset();
    grant.revoked_at = world.now;
    grant.modified_at = world.now;
    Announce(world, grant, "benefit_grant.revoked");
  }
}

void CycleBenefits(World& world, std::string_view subscription_id) {
  for (const Grant& grant : world.grants) {
    if (grant.subscription_id == subscription_id && grant.granted_at) Announce(world, grant, "benefit_grant.cycled");
  }
}

}  // namespace plinto::polar::emulator
