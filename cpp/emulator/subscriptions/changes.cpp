#include "emulator/subscriptions/changes.h"

#include <algorithm>

#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/subscriptions/commit.h"
#include "emulator/subscriptions/proration.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

struct ResolvedDiscount {
  std::optional<HttpResponse> refusal = {};
  bool changes = false;
  std::string id = {};
};

ResolvedDiscount ResolveDiscount(World& world, const Subscription& subscription, const DiscountChoice& choice,
                                 const std::string& product_id) {
  if (!choice.mentioned) return {{}, false, subscription.discount_id};
  if (choice.id.empty()) return {{}, true, {}};
  const Discount* discount = FindDiscount(world, choice.id);
  if (discount == nullptr || !IsRedeemable(world, *discount) ||
      !AppliesTo(*discount, product_id, subscription.currency)) {
    return {RefuseMember(
        "discount_id", "Discount does not exist, is not applicable to this product or is not redeemable.", choice.id)};
  }
  if (discount->id == subscription.discount_id) {
    return {RefuseMember("discount_id", "This discount is already applied to the subscription.", choice.id)};
  }
  return {{}, true, discount->id};
}

void SetDiscount(Subscription& subscription, const std::string& id) {
  if (subscription.discount_id == id) return;
  subscription.discount_id = id;
  subscription.discount_applied_at.reset();
}

std::optional<HttpResponse> RefuseProduct(const World& world, const Subscription& subscription, const Product* product,
                                          const std::string& id, bool only_public) {
  if (IsOver(subscription) || subscription.cancel_at_period_end) return AlreadyCanceled();
  const auto refuse = [&](std::string_view message) { return RefuseMember("product_id", message, id); };
  if (product == nullptr) return refuse("Product does not exist.");
  if (product->is_archived) return refuse("Product is archived.");
  if (only_public && product->visibility != "public") return refuse("Product visibility is not allowed.");
  if (!IsRecurring(*product)) return refuse("Product is not recurring.");
  const auto prices = PricesUnder(world, *product, subscription);
  if (prices.empty()) {
    return refuse("This product doesn't have a price for the subscription currency.");
  }
  for (const SubscribedPrice& subscribed : prices) {
    if (world.prices.Find(subscribed.price_id)->kind == PriceKind::kCustom) {
      return refuse("Can't update to a product with custom prices.");
    }
  }
  for (const CountedKind& counted : kCountedKinds) {
    if (PriceOfKind(world, subscription.prices, counted.kind) == nullptr) continue;
    if (PriceOfKind(world, prices, counted.kind) == nullptr) {
      const std::string kind(counted.adjective);
      return refuse("Can't switch from a " + kind + " to a non-" + kind + " product.");
    }
  }
  return std::nullopt;
}

// From a product without seats (or units) to one with them: as few as it sells, and at once, since a change that waits
// reads the number that there is. From units to units the number stays, and must fit.
std::optional<HttpResponse> PrepareQuantity(const World& world, const Subscription& subscription,
                                            const std::vector<SubscribedPrice>& prices, const std::string& behavior,
                                            Change& change) {
  for (const CountedKind& counted : kCountedKinds) {
    const Price* price = PriceOfKind(world, prices, counted.kind);
    if (price == nullptr) continue;
    if (PriceOfKind(world, subscription.prices, counted.kind) != nullptr) {
      const auto count = subscription.quantity.*counted.count;
      if (!count || counted.kind != PriceKind::kUnitBased) continue;
      if (auto refusal = CheckCountOf(*price, counted, *count)) return refusal;
      continue;
    }
    if (behavior == "next_period") {
      const std::string noun(counted.noun.substr(0, counted.noun.size() - 1));
      return RefuseMember("proration_behavior",
                          "Switching from a non-" + noun + " to a " + std::string(counted.adjective) +
                              " product must apply immediately and can't use the 'next_period' proration behavior.",
                          behavior);
    }
    change.changed.quantity.*counted.count = FewestOf(*price);
    if (counted.kind == PriceKind::kSeatBased) change.first_seats = true;
  }
  return std::nullopt;
}

bool ChangesInterval(const Subscription& subscription, const Product& product) {
  return product.recurring_interval != subscription.interval ||
         product.recurring_interval_count != subscription.interval_count;
}

void SetProduct(const World& world, Subscription& subscription, const Product& product) {
  subscription.product_id = product.id;
  subscription.prices = PricesUnder(world, product, subscription);
  subscription.interval = product.recurring_interval;
  subscription.interval_count = product.recurring_interval_count;
  subscription.meter_interval = product.meter_interval;
  subscription.meter_interval_count = product.meter_interval_count;
}

// The trial's end under the new product; nothing when it ends at once.
std::optional<Timestamp> TrialEndUnder(const World& world, const Subscription& subscription, const Product& product) {
  if (product.trial_interval.empty() || !subscription.trial_start) return std::nullopt;
  const Timestamp end = AddInterval(*subscription.trial_start, product.trial_interval, product.trial_interval_count);
  return end > world.now ? std::optional(end) : std::nullopt;
}

std::optional<HttpResponse> PrepareProduct(World& world, const Subscription& subscription, const BaseUpdate& update,
                                           Change& change) {
  const Product* product = world.products.Find(*update.product_id);
  if (auto refusal = RefuseProduct(world, subscription, product, *update.product_id, update.only_public_products)) {
    return refusal;
  }
  const std::string behavior = update.proration_behavior.value_or(world.settings.proration_behavior);
  const ResolvedDiscount discount = ResolveDiscount(world, subscription, update.discount, product->id);
  if (discount.refusal) return discount.refusal;
  Subscription& changed = change.changed;
  const auto new_prices = PricesUnder(world, *product, subscription);
  if (auto refusal = PrepareQuantity(world, subscription, new_prices, behavior, change)) return refusal;
  change.told.emplace_back("subscription.product_updated", Json::object({{"old_product_id", subscription.product_id},
                                                                         {"new_product_id", product->id}}));
  if (discount.changes) SetMember(change.updated, "discount_id", IdOrNull(discount.id));
  SetMember(change.updated, "product_id", product->id);
  SetMember(change.updated, "proration_behavior", behavior);
  if (update.discount.mentioned) change.redeems = discount.id;
  if (behavior == "next_period") {
    PendingUpdate pending = changed.pending_update.value_or(PendingUpdate{});
    if (pending.id.empty()) {
      pending.id = world.random.Uuid();
      pending.created_at = world.now;
    } else {
      pending.modified_at = world.now;
    }
    pending.applies_at = subscription.period_end;
    pending.product_id = product->id;
    pending.removes_discount = update.discount.mentioned && discount.id.empty();
    pending.discount_id = update.discount.mentioned ? discount.id : "";
    changed.pending_update = std::move(pending);
    return std::nullopt;
  }
  changed.pending_update.reset();
  change.sync_benefits = true;
  change.replan = true;
  const bool trialing = subscription.status == SubscriptionStatus::kTrialing;
  change.settles_usage = !trialing && subscription.meter_period_end.has_value();
  const bool new_cycle = ChangesInterval(subscription, *product) || behavior == "reset";
  std::vector<OrderItem> credits;
  if (!trialing && behavior != "reset") credits = ProrateCredits(world, subscription);
  SetDiscount(changed, discount.id);
  SetProduct(world, changed, *product);
  if (new_cycle) {
    RestartPeriod(changed, world.now);
  } else {
    // Polar takes the day of the period's start: a 31st that is caught in February becomes a 28th.
    changed.anchor_day = ToCivilDate(changed.period_start).day;
  }
  UpdateAmount(world, changed);
  MatchMeters(world, changed);
  if (trialing) {
    const auto trial_end = TrialEndUnder(world, subscription, *product);
    changed.trial_end = trial_end.value_or(world.now);
    changed.period_end = *changed.trial_end;
    RestartMeterPeriod(changed, std::nullopt);
    if (!trial_end) change.effect = Change::Effect::kCycle;
    return std::nullopt;
  }
  RestartMeterPeriod(changed, changed.period_start);
  std::vector<OrderItem> debits = ProrateDebits(world, changed);
  const bool any = !credits.empty() || !debits.empty();
  changed.waiting_items.insert(changed.waiting_items.end(), credits.begin(), credits.end());
  changed.waiting_items.insert(changed.waiting_items.end(), debits.begin(), debits.end());
  const bool at_once = behavior == "invoice" || behavior == "reset" || ChangesInterval(subscription, *product);
  if (at_once && any) change.effect = Change::Effect::kInvoice;
  return std::nullopt;
}

std::optional<HttpResponse> PrepareTrial(World& world, const BaseUpdate& update, Change& change) {
  Subscription& changed = change.changed;
  if (!IsActive(changed)) {
    return ErrorAnswer(403, "InactiveSubscription", "Subscription " + changed.id + " is not active.");
  }
  const bool trialing = changed.status == SubscriptionStatus::kTrialing;
  if (!trialing && update.trial_ends_now) {
    return RefuseMember("trial_end", "The subscription is not currently trialing.", "now");
  }
  if (!trialing && *update.trial_end <= changed.period_end) {
    return RefuseMember("trial_end", "Trial end must be after the current period end.", ToJson(*update.trial_end));
  }
  const Timestamp end = update.trial_ends_now ? world.now : *update.trial_end;
  if (update.trial_ends_now) change.effect = Change::Effect::kCycle;
  changed.status.Apply(SubscriptionEvent::kTrialMoved);
  changed.trial_end = end;
  changed.period_end = end;
  change.replan = true;
  SetMember(change.updated, "trial_end", IsoFormat(end));
  return std::nullopt;
}

}  // namespace

std::optional<HttpResponse> ChangeBase(World& world, Subscription& subscription, const BaseUpdate& update) {
  if (update.product_id && update.proration_behavior == "reset" && !world.settings.reset_proration_behavior_enabled) {
    return RefuseMember("proration_behavior", "The 'reset' proration behavior is not enabled for this organization.",
                        "reset");
  }
  Change change = {.changed = subscription};
  if (update.product_id) {
    if (auto refusal = PrepareProduct(world, subscription, update, change)) return refusal;
  } else if (update.discount.mentioned) {
    const ResolvedDiscount discount = ResolveDiscount(world, subscription, update.discount, subscription.product_id);
    if (discount.refusal) return discount.refusal;
    SetDiscount(change.changed, discount.id);
    UpdateAmount(world, change.changed);
    SetMember(change.updated, "discount_id", IdOrNull(discount.id));
    change.redeems = discount.id;
  }
  if (update.trial_ends_now || update.trial_end) {
    if (auto refusal = PrepareTrial(world, update, change)) return refusal;
  }
  if (update.metadata) change.changed.metadata = *update.metadata;
  return Commit(world, subscription, std::move(change));
}

std::optional<HttpResponse> ChangePeriodEnd(World& world, Subscription& subscription, Timestamp end) {
  if (IsOver(subscription)) return AlreadyCanceled();
  if (!IsActive(subscription)) {
    return ErrorAnswer(403, "InactiveSubscription", "Subscription " + subscription.id + " is not active.");
  }
  if (subscription.cancel_at_period_end) return AlreadyCanceled();
  Change change = {.changed = subscription, .replan = true};
  change.changed.period_end = end;
  change.changed.anchor_day = ToCivilDate(end).day;
  change.told.emplace_back(
      "subscription.billing_period_updated",
      Json::object({{"old_period_end", IsoFormat(subscription.period_end)}, {"new_period_end", IsoFormat(end)}}));
  change.updated = Json::object({{"billing_period_end", IsoFormat(end)}});
  return Commit(world, subscription, std::move(change));
}

std::optional<HttpResponse> ClearPendingUpdate(World& world, Subscription& subscription) {
  if (!subscription.pending_update) {
    return RefuseMember("pending_update", "This subscription has no pending update to clear.", nullptr);
  }
  Change change = {.changed = subscription};
  change.changed.pending_update.reset();
  change.told.emplace_back("subscription.update_cleared", Json::object());
  return Commit(world, subscription, std::move(change));
}

bool ApplyPendingUpdate(World& world, Subscription& subscription) {
  if (!subscription.pending_update) return false;
  const PendingUpdate pending = *subscription.pending_update;
  subscription.pending_update.reset();
  bool restarted = false;
  const Product* product = world.products.Find(pending.product_id);
  // Its prices in this currency may be gone by now: then all of the change is dropped.
  if (product != nullptr && PricesUnder(world, *product, subscription).empty()) return false;
  for (const CountedKind& counted : kCountedKinds) {
    if (const auto count = pending.quantity.*counted.count) subscription.quantity.*counted.count = count;
  }
  if (product != nullptr) {
    const Timestamp start = subscription.period_end;
    restarted = ChangesInterval(subscription, *product);
    SetProduct(world, subscription, *product);
    if (restarted) RestartPeriod(subscription, start);
    MatchMeters(world, subscription);
    SyncBenefits(world, subscription);
    if (subscription.quantity.seats) SyncSeatBenefits(world, subscription);
  } else {
    RecountPrices(world, subscription);
  }
  if (pending.removes_discount) SetDiscount(subscription, {});
  if (!pending.discount_id.empty()) SetDiscount(subscription, pending.discount_id);
  UpdateAmount(world, subscription);
  return restarted;
}

}  // namespace plinto::polar::emulator
