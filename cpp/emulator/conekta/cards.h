// Test cards, and the one-use tokens that stand for them. No other card is taken, so that no real one is typed in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {
struct World;
struct Route;
}  // namespace plinto::polar::emulator

namespace plinto::polar::emulator::conekta {

struct TestCard {
  std::string_view number;
  std::string_view brand;
  std::string_view token;                ///< `tok_test_visa_4242`: may be used again and again; empty: has none.
  std::string_view decline_by_buyer;     ///< The charge's `failure_code`; empty: pays.
  std::string_view decline_off_session;  ///< Likewise of renewals.
  bool is_challenged = false;            ///< The page asks the buyer to confirm (3DS).
};
[[nodiscard]] std::span<const TestCard> TestCards();
/// By its number, with spaces or without. Null when it is none of them.
[[nodiscard]] const TestCard* FindTestCard(std::string_view number);
[[nodiscard]] const TestCard* FindTestToken(std::string_view token);

/// A card as somebody has given it.
struct Card {
  const TestCard* kind = nullptr;
  std::string name = {};
  std::string exp_month = {};  ///< Two digits.
  std::string exp_year = {};   ///< Two digits.

  [[nodiscard]] std::string last4() const;
  [[nodiscard]] std::string bin() const;
};

struct Token {
  std::string id = {};
  Card card = {};
  bool used = false;
};

/// What is wrong with what was typed: the member of a token's card that it is about; empty when nothing is.
[[nodiscard]] std::string_view FaultOf(std::string_view number, std::string_view name, std::string_view exp_month,
                                       std::string_view exp_year, std::string_view cvc, Timestamp now);
/// A card whose texts have no fault.
[[nodiscard]] Card CardOf(std::string_view number, std::string name, std::string exp_month, std::string exp_year);

[[nodiscard]] std::span<const Route> TokenRoutes();

}  // namespace plinto::polar::emulator::conekta
