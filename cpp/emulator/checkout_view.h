// What the checkout page looks like: a pure rendering of what GET /v1/checkouts/client/{client_secret} answers.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "emulator/page_api.h"

namespace plinto::polar::emulator {

/// How the page was opened: `?embed=true&theme=dark`.
struct CheckoutFrame {
  bool embedded = false;
  std::string theme = {};  ///< `light`, `dark` or empty.
  bool first = true;       ///< Not come back to after a change: the page around it hears `loaded` once.

  /// The query that keeps it over forms and redirects, with its question mark; empty when there is nothing to keep.
  [[nodiscard]] std::string Query(bool after_change = false) const;
};

/// What the buyer had typed, for a page that says what is wrong with it. Empty texts: what the checkout knows.
struct Entered {
  std::string email = {};
  std::string name = {};
  std::string card = "4242 4242 4242 4242";
  std::string country = {};
  std::string discount_code = {};
};

/// The body of the page: summary and payment, with what was refused beside the form that it came from.
[[nodiscard]] std::string CheckoutBody(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                                       const Refusal& refusal);

/// The confirmation token that a card number stands for; empty when it is no test card.
[[nodiscard]] std::string_view TokenOfCard(std::string_view number);
/// The test cards as a list, for a hint: `4242 4242 4242 4242 pays`.
[[nodiscard]] std::string CardList();

}  // namespace plinto::polar::emulator
