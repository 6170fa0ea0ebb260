#include "emulator/subscriptions/system_events.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

void SetMembers(Json& json, const Json& more) {
  const auto* members = more.get_ptr<const Json::object_t*>();
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) SetMember(json, name, value);
}

}  // namespace

void RecordSubscription(World& world, const Subscription& subscription, std::string_view name, const Json& more) {
  Json metadata = Json::object({{"subscription_id", subscription.id},
                                {"product_id", subscription.product_id},
                                {"amount", subscription.amount},
                                {"currency", subscription.currency},
                                {"recurring_interval", subscription.interval},
                                {"recurring_interval_count", subscription.interval_count}});
  SetMembers(metadata, more);
  AddSystemEvent(world, subscription.customer_id, name, std::move(metadata));
}

void RecordChange(World& world, const Subscription& subscription, std::string_view name, const Json& change) {
  Json metadata = Json::object({{"subscription_id", subscription.id}});
  SetMembers(metadata, change);
  AddSystemEvent(world, subscription.customer_id, name, std::move(metadata));
}

}  // namespace plinto::polar::emulator
