// Cards: the test cards that a buyer may pay with, what a customer has on file, and whether a charge succeeds.
//
// A card is charged in two situations: by its buyer (checkout, manual retry, adding it in the portal) and off session
// (renewals, dunning, plan changes). Some test cards pass the first and fail the second.
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
struct Customer;
struct Order;
struct Subscription;

struct TestCard {
  std::string_view token;   ///< `ctoken_visa`: takes the place of Stripe's confirmation token.
  std::string_view number;  ///< As Stripe's test cards.
  std::string_view name;    ///< For POST /_emulator/customers/{id}/card.
  std::string_view brand;
  std::string_view decline_by_buyer;     ///< Stripe's decline code; empty: pays.
  std::string_view decline_off_session;  ///< Likewise.
};
[[nodiscard]] std::span<const TestCard> TestCards();
// Null when there is no such card.
[[nodiscard]] const TestCard* FindTestCardByToken(std::string_view token);
[[nodiscard]] const TestCard* FindTestCardByName(std::string_view name);

struct PaymentMethod {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string customer_id = {};
  std::string brand = {};
  std::string last4 = {};
  std::string decline_off_session = {};
  bool deleted = false;
};

/// Puts the card on file. A new default card is tried at once with the orders that are past due.
PaymentMethod& SavePaymentMethod(World& world, Customer& customer, const TestCard& card, bool set_default);
/// Deleted ones are not found.
[[nodiscard]] PaymentMethod* FindPaymentMethod(World& world, std::string_view id);
/// The card that its renewals are charged to: its own, else the customer's default. Null when there is none.
[[nodiscard]] PaymentMethod* PaymentMethodFor(World& world, const Subscription& subscription);

/// The decline code of an off-session charge at this time; empty when it succeeds.
[[nodiscard]] const std::string& DeclineOf(const PaymentMethod& method);
/// Declines after which Polar does not retry before the deadline.
[[nodiscard]] bool IsHopeless(std::string_view decline_code);
/// What the buyer is told.
[[nodiscard]] std::string_view DeclineMessage(std::string_view decline_code);

/// `PaymentMethodCard`; with `is_default` it is `CustomerPaymentMethodCard`.
[[nodiscard]] Json RenderPaymentMethod(const PaymentMethod& method);
[[nodiscard]] Json RenderCustomerPaymentMethod(const World& world, const PaymentMethod& method);

[[nodiscard]] std::span<const Route> CardRoutes();

}  // namespace plinto::polar::emulator
