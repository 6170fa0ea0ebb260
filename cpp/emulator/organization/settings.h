// What the organization has set for subscriptions, and what its customers hold with it: cards, balances, refunds,
// seats.
//
// The settings are Polar's organization settings; a test sets them by POST /_emulator/settings, a catalog by
// `settings`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/customers/cards.h"
#include "emulator/customers/seats.h"
#include "emulator/orders/refunds.h"
#include "emulator/table.h"

namespace plinto::polar::emulator {

struct World;
class BodyReader;

struct BillingSettings {
  std::string proration_behavior = "prorate";        ///< invoice, prorate or next_period
  std::int64_t benefit_revocation_grace_period = 0;  ///< Days from past_due_at.
  bool allow_multiple_subscriptions = false;
  bool reset_proration_behavior_enabled = false;  ///< Polar enables `reset` for few organizations.
  bool portal_update_plan = true;                 ///< What customers may do in the portal.
  bool portal_update_seats = true;
  bool portal_update_units = true;
  bool portal_pause = false;
  bool unit_based_pricing_enabled = true;  ///< Polar enables this and the next by organization.
  bool meter_cycling_enabled = true;
  bool refunds_stay_pending = false;  ///< The emulator's own: refunds wait for POST /_emulator/refunds/{id}.
};

struct Billing {
  BillingSettings settings;
  Table<PaymentMethod> payment_methods;
  Table<Refund> refunds;
  Table<Seat> seats;
  std::map<std::pair<std::string, std::string>, std::int64_t> balances;  ///< (customer, currency): credit, or debt.
  std::map<std::string, std::int64_t> receipts;                          ///< Per customer, for receipt numbers.
  std::map<std::string, Timestamp> meter_updates;                        ///< Per customer, the next that is planned.
};

/// Takes the members that the object has; unknown names and wrong values become issues of the reader.
void ReadSettings(BillingSettings& settings, BodyReader& reader);
[[nodiscard]] Json RenderSettings(const BillingSettings& settings);

/// Minor units that the customer has in hand; negative: that it owes.
[[nodiscard]] std::int64_t BalanceOf(const World& world, const std::string& customer_id, const std::string& currency);
void AddToBalance(World& world, const std::string& customer_id, const std::string& currency, std::int64_t change);

/// `Nov 22, 2026`, as the lines of orders write dates.
[[nodiscard]] std::string LabelDate(Timestamp at);
/// `label - From Nov 22, 2026 to Dec 22, 2026`, with Polar's dash.
[[nodiscard]] std::string LabelOverTime(std::string_view label, Timestamp start, Timestamp end);

}  // namespace plinto::polar::emulator
