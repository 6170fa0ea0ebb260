// Subscriptions: a card that is charged for a plan, cycle by cycle.
//
//   in_trial -> active <-> past_due -> canceled
//               active <-> paused, in_trial <-> paused
//               any of them -> canceled; active -> expired after the plan's last charge
//
// A cycle begins when its charge succeeds. Until then the dates stay those of before, as in Conekta's own examples.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {
struct World;
struct Route;
}  // namespace plinto::polar::emulator

namespace plinto::polar::emulator::conekta {

struct Customer;
struct Order;
struct Plan;

struct Subscription {
  std::string id = {};
  std::string customer_id = {};
  std::string plan_id = {};
  std::string card_id = {};  ///< Empty: the customer's default one at the time.
  std::string status = "in_trial";
  Timestamp created_at = {};
  std::optional<Timestamp> cycle_start = {};
  std::optional<Timestamp> cycle_end = {};
  std::optional<Timestamp> trial_start = {};
  Timestamp trial_end = {};  ///< Without a trial, when it was created.
  std::optional<Timestamp> paused_at = {};
  std::optional<Timestamp> canceled_at = {};
  std::string canceled_reason = {};
  std::string charge_id = {};
  std::string order_id = {};  ///< Of the last cycle that was billed.
  int anchor_day = 1;
  std::int64_t paid_cycles = 0;
  std::int64_t retries = 0;       ///< Of the charge that is refused, made on schedule.
  std::string before_pause = {};  ///< The status that a resume brings back.
  std::uint64_t turn = 0;         ///< An older billing job does nothing.
  std::string portal_id = {};     ///< Empty: no portal was asked for.
  std::string portal_slug = {};
  Timestamp portal_created_at = {};
};

/// Begins one, and charges its first cycle at once if there is no trial. `paid`: an order that has paid for the first
/// cycle already. `trial_end` in the past: no trial; nothing: the plan's.
Subscription& Subscribe(World& world, const Customer& customer, const Plan& plan, std::string card_id,
                        std::optional<Timestamp> trial_end, const Order* paid);
/// Charges a past-due one now. It counts for none of the plan's retries.
void RetryNow(World& world, Subscription& subscription);
void Pause(World& world, Subscription& subscription);
void Resume(World& world, Subscription& subscription);
/// Of one that is in trial.
void MoveTrialEnd(World& world, Subscription& subscription, Timestamp trial_end);
void CancelSubscription(World& world, Subscription& subscription, std::string_view reason);

// Job: what is due at this time: the first charge after a trial, a renewal, a retry, the end.
void RunBilling(World& world, std::string_view subscription_id, std::string_view turn);

[[nodiscard]] Json RenderSubscription(const World& world, const Subscription& subscription);

[[nodiscard]] std::span<const Route> SubscriptionRoutes();
[[nodiscard]] std::span<const Route> PortalRoutes();

}  // namespace plinto::polar::emulator::conekta
