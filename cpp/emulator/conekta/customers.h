// Customers, and what they have on file to pay with: cards, and references for cash and transfers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/api/router.h"
#include "emulator/conekta/cards.h"
#include "emulator/conekta/errors.h"

namespace plinto::polar::emulator::conekta {

struct Customer {
  std::string id = {};
  Timestamp created_at = {};
  std::string name = {};
  std::string email = {};
  std::string phone = {};
  std::optional<std::string> custom_reference = {};
  bool corporate = false;
  Json metadata = Json::object();
  Json others = Json::object();  ///< Members that are kept as they were sent.
  std::string default_source_id = {};
  bool deleted = false;
};

struct Source {
  std::string id = {};  ///< `src_...` of a card, `off_ref_...` of a reference.
  Timestamp created_at = {};
  std::string customer_id = {};
  std::string type = {};  ///< `card`, `cash_recurrent` or `spei_recurrent`.
  Card card = {};
  std::string reference = {};
  std::optional<Timestamp> expires_at = {};
  /// Set by a test: what the next charges without the buyer come to. Empty: they pay. Nothing: as the card is.
  std::optional<std::string> decline = {};
  bool deleted = false;
};

/// Deleted ones are not found.
[[nodiscard]] Customer* CustomerWithId(World& world, std::string_view id);
/// The answer of `act(customer)` for the one whom the path names first, or 404.
template <class Act>
HttpResponse WithCustomer(World& world, const Call& call, Act act) {
  Customer* customer = CustomerWithId(world, call.path[0]);
  return customer == nullptr ? NotFound(world, call.request, "Customer", call.path[0]) : act(*customer);
}
/// A card of the customer's; null when it has none of that id.
[[nodiscard]] Source* FindCard(World& world, const Customer& customer, std::string_view id);
/// The first card becomes the default one.
Source& SaveCard(World& world, Customer& customer, Card card);
Customer& AddCustomer(World& world, Customer fields);
/// The failure code of a charge that the buyer does not attend; empty when it pays.
[[nodiscard]] std::string OffSessionDecline(const Source& source);

[[nodiscard]] Json RenderCustomer(const World& world, const Customer& customer);
[[nodiscard]] Json RenderSource(const World& world, const Source& source);
/// `customer_info` of an order.
[[nodiscard]] Json CustomerInfoOf(const Customer& customer);

[[nodiscard]] std::span<const Route> CustomerRoutes();
[[nodiscard]] std::span<const Route> SourceRoutes();

}  // namespace plinto::polar::emulator::conekta
