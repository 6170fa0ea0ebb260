// Changes of a subscription that may move money: product, seats, units, discount, trial and billing period.
//
// A change is made on a copy and then committed whole, so that what Polar refuses (a declined card above all) leaves
// nothing behind. What is charged and credited: Polar's server/polar/subscription/update.py.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"
#include "emulator/subscriptions/subscriptions.h"

namespace plinto::polar::emulator {

struct World;

/// What a request wants of the discount: leave it, remove it, or set this one.
struct DiscountChoice {
  bool mentioned = false;
  std::string id = {};  ///< Empty with `mentioned`: remove.
};

/// The parts of `SubscriptionUpdateBase`, told apart by what is set.
struct BaseUpdate {
  std::optional<std::string> product_id = {};
  std::optional<std::string> proration_behavior = {};  ///< Nothing: the organization's setting.
  DiscountChoice discount = {};
  bool trial_ends_now = false;
  std::optional<Timestamp> trial_end = {};
  std::optional<Json> metadata = {};
  bool only_public_products = false;  ///< In the portal.
};

// Nothing when done, else Polar's refusal. Each announces the change, also one that changes nothing.
[[nodiscard]] std::optional<HttpResponse> ChangeBase(World& world, Subscription& subscription,
                                                     const BaseUpdate& update);
/// Another number of seats or units (counts.cpp).
[[nodiscard]] std::optional<HttpResponse> ChangeCount(World& world, Subscription& subscription,
                                                      const CountedKind& counted, std::int64_t count,
                                                      std::optional<std::string> proration_behavior);
[[nodiscard]] std::optional<HttpResponse> ChangePeriodEnd(World& world, Subscription& subscription, Timestamp end);
[[nodiscard]] std::optional<HttpResponse> ClearPendingUpdate(World& world, Subscription& subscription);

/// Applies what waited for the new period. True when it has set the period itself (another interval).
[[nodiscard]] bool ApplyPendingUpdate(World& world, Subscription& subscription);

}  // namespace plinto::polar::emulator
