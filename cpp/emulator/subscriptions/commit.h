// A change of a subscription on its way to being done: made on a copy, then stored whole. Private to the changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "emulator/subscriptions/subscriptions.h"

namespace plinto::polar::emulator {

struct World;

/// The copy, and what has to happen when it is committed.
struct Change {
  Subscription changed;
  enum class Effect : std::uint8_t { kNone, kInvoice, kCycle } effect = Effect::kNone;
  bool sync_benefits = false;
  bool first_seats = false;  ///< From a product without seats: the customer becomes a team and holds one.
  bool replan = false;
  std::string redeems = {};  ///< A discount that is redeemed.
  bool settles_usage = false;
  std::vector<std::pair<std::string_view, Json>> told = {};  ///< System events, once nothing is refused any more.
  Json updated = Json::object();                             ///< What `subscription.updated` says; empty: no event.
};
/// Stores the change with its order and announces it; refused when the card does not pay, and then nothing is changed.
[[nodiscard]] std::optional<HttpResponse> Commit(World& world, Subscription& subscription, Change change);

/// 400 `BelowMinimumSeats`, `AboveMaximumUnits` and the like; nothing when that many can be bought.
[[nodiscard]] std::optional<HttpResponse> CheckCountOf(const Price& price, const CountedKind& counted,
                                                       std::int64_t count);

[[nodiscard]] const Price* PriceOfKind(const World& world, const std::vector<SubscribedPrice>& prices, PriceKind kind);
/// What the subscription would pay for the product, in its currency and quantity.
[[nodiscard]] std::vector<SubscribedPrice> PricesUnder(const World& world, const Product& product,
                                                       const Subscription& subscription);
/// Computes the amounts of what is sold by number anew.
void RecountPrices(const World& world, Subscription& subscription);
/// A full period from `start`, whose day is the anchor of those that follow.
void RestartPeriod(Subscription& subscription, Timestamp start);

}  // namespace plinto::polar::emulator
