// Another number of seats or units: at once, prorated or invoiced, or from the next period on.
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/subscriptions/changes.h"
#include "emulator/subscriptions/commit.h"
#include "emulator/subscriptions/proration.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Nobody may lose a seat that they have been given.
std::optional<HttpResponse> CheckAssigned(const World& world, const Subscription& subscription, std::int64_t seats) {
  const std::int64_t assigned = AssignedSeats(world, subscription);
  if (seats >= assigned) return std::nullopt;
  return ErrorAnswer(400, "SeatsAlreadyAssigned",
                     "Cannot decrease seats to " + std::to_string(seats) + ". Currently " + std::to_string(assigned) +
                         " seats are assigned. Revoke seats first.");
}

// A product change that waits takes the number over, so it must fit there, too.
std::optional<HttpResponse> CheckPending(const World& world, const Subscription& subscription,
                                         const CountedKind& counted, std::int64_t count) {
  if (!subscription.pending_update) return std::nullopt;
  const Product* product = world.products.Find(subscription.pending_update->product_id);
  if (product == nullptr) return std::nullopt;
  const Price* price = PriceOfKind(world, PricesUnder(world, *product, subscription), counted.kind);
  return price == nullptr ? std::nullopt : CheckCountOf(*price, counted, count);
}

bool IsEmpty(const PendingUpdate& pending) {
  return pending.product_id.empty() && !pending.quantity.seats && !pending.quantity.units;
}

}  // namespace

std::optional<HttpResponse> ChangeCount(World& world, Subscription& subscription, const CountedKind& counted,
                                        std::int64_t count, std::optional<std::string> proration_behavior) {
  const std::string behavior = proration_behavior.value_or(world.settings.proration_behavior);
  if (behavior == "reset" && !world.settings.reset_proration_behavior_enabled) {
    return RefuseMember("proration_behavior", "The 'reset' proration behavior is not enabled for this organization.",
                        "reset");
  }
  if (IsOver(subscription) || subscription.cancel_at_period_end) return AlreadyCanceled();
  const Price* price = PriceOfKind(world, subscription.prices, counted.kind);
  const bool units = counted.kind == PriceKind::kUnitBased;
  if (price == nullptr) {
    return ErrorAnswer(400, units ? "NotAUnitBasedSubscription" : "NotASeatBasedSubscription",
                       "This subscription does not support " + std::string(counted.adjective) + " pricing.");
  }
  if (auto refusal = CheckCountOf(*price, counted, count)) return refusal;
  if (auto refusal =
          units ? CheckPending(world, subscription, counted, count) : CheckAssigned(world, subscription, count)) {
    return refusal;
  }
  Change change = {.changed = subscription};
  Subscription& changed = change.changed;
  std::optional<PendingUpdate>& pending = changed.pending_update;
  if (count == (subscription.quantity.*counted.count).value_or(1)) {
    // The count as it is takes back a scheduled one. Without one nothing changes, and nothing is sent.
    if (!pending || !(pending->quantity.*counted.count)) return std::nullopt;
    (pending->quantity.*counted.count).reset();
    if (IsEmpty(*pending)) pending.reset();
    return Commit(world, subscription, std::move(change));
  }
  const std::string noun(counted.noun);
  change.told.emplace_back(units ? "subscription.units_updated" : "subscription.seats_updated",
                           Json::object({{"old_" + noun, (subscription.quantity.*counted.count).value_or(1)},
                                         {"new_" + noun, count},
                                         {"proration_behavior", behavior}}));
  change.updated = Json::object({{noun, count}, {"proration_behavior", behavior}});
  if (behavior == "next_period") {
    if (!pending) pending = PendingUpdate{.id = world.random.Uuid(), .created_at = world.now};
    pending->applies_at = subscription.period_end;
    pending->quantity.*counted.count = count;
    return Commit(world, subscription, std::move(change));
  }
  // A scheduled product change stays, with the new count.
  if (pending) (pending->quantity.*counted.count).reset();
  if (pending && IsEmpty(*pending)) pending.reset();
  changed.quantity.*counted.count = count;
  RecountPrices(world, changed);
  UpdateAmount(world, changed);
  if (behavior == "reset") {
    RestartPeriod(changed, world.now);
    change.replan = true;
  }
  if (subscription.status != SubscriptionStatus::kTrialing) {
    if (auto item = ProrateQuantity(world, subscription, changed, *price, behavior == "reset")) {
      changed.waiting_items.push_back(*std::move(item));
      if (behavior != "prorate") change.effect = Change::Effect::kInvoice;
    }
  }
  return Commit(world, subscription, std::move(change));
}

}  // namespace plinto::polar::emulator
