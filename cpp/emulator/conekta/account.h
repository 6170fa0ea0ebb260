// The rows of Conekta: what one account of it holds, beside Polar's rows in the same world and on the same clock.
//
// Amounts are centavos. Where the public documents leave something open, docs/conekta-emulator.md says what is assumed.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "emulator/conekta/cards.h"
#include "emulator/conekta/customers.h"
#include "emulator/conekta/events.h"
#include "emulator/conekta/orders.h"
#include "emulator/conekta/plans.h"
#include "emulator/conekta/subscriptions.h"
#include "emulator/conekta/webhooks.h"
#include "emulator/machine/random.h"
#include "emulator/table.h"

namespace plinto::polar::emulator::conekta {

struct Account {
  Random random = Random(0);   ///< A stream of its own: Polar's ids do not depend on what happens here.
  Random log_ids = Random(0);  ///< Of errors, faults' among them: they change no other id.
  Table<Token> tokens;
  Table<Source> sources;
  Table<Customer> customers;
  Table<Plan> plans;
  Table<Order> orders;
  Table<Subscription> subscriptions;
  Table<WebhookKey> webhook_keys;
  std::deque<Event> events;
  std::uint64_t signed_deliveries = 0;                      ///< The active keys take turns.
  std::map<std::string, std::string> order_by_slug;         ///< Of hosted checkouts.
  std::map<std::string, std::string> subscription_by_slug;  ///< Of portals.
};

/// `ord_2tTirxDJEFDe8NUAN`
[[nodiscard]] std::string NewId(World& world, std::string_view prefix);
/// 24 hexadecimal digits, as charges, events and webhooks have.
[[nodiscard]] std::string NewHexId(Random& random);
[[nodiscard]] std::string NewHexId(World& world);
/// So many decimal digits.
[[nodiscard]] std::string NewDigits(World& world, std::size_t count);

// Writing values as Conekta writes them: times in Unix seconds, what is empty as null.
[[nodiscard]] inline Json ToSeconds(Timestamp at) { return at.Seconds(); }
[[nodiscard]] inline Json SecondsOrNull(const std::optional<Timestamp>& at) {
  return at ? ToSeconds(*at) : Json(nullptr);
}
[[nodiscard]] inline Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace plinto::polar::emulator::conekta
