// What the checkout page looks like: a pure rendering of what GET /v1/checkouts/client/{client_secret} answers.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"
#include "emulator/pages/price_text.h"

namespace plinto::polar::emulator {

/// How the page was opened: `?embed=true&theme=dark`.
struct CheckoutFrame {
  bool embedded = false;
  std::string theme = {};  ///< `light`, `dark` or empty.
  bool first = true;       ///< Not the answer to a form: the page around it hears `loaded` once.

  /// The query that keeps it over forms and redirects, with its question mark; empty when there is nothing to keep.
  [[nodiscard]] std::string Query() const;
};

/// What the buyer had typed: it is shown again, whatever became of it. Fields that he did not send: what the checkout
/// knows.
struct Entered {
  FormFields form = {};

  [[nodiscard]] std::string Or(std::string_view name, std::string known) const;
};

/// The body of the page: summary and payment, with what was refused beside the form that it came from.
[[nodiscard]] std::string CheckoutBody(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                                       const Refusal& refusal);

/// What the page says that is paid, now and later. Pay sends it back: nothing else is charged than what was shown.
[[nodiscard]] std::string ShownOf(const Json& checkout);
/// How many seats or units this checkout sells by such a price.
[[nodiscard]] CountBounds CheckoutBounds(const Json& checkout, const Json& price);
/// Whether the country is not enough.
[[nodiscard]] bool WantsWholeAddress(const Json& checkout);

/// `Germany`; the code of a country that the pages do not offer.
[[nodiscard]] std::string CountryName(std::string_view code);
/// Options of a select: the countries where the country alone makes an address, and `chosen`.
[[nodiscard]] std::string CountryOptions(const std::string& chosen);
/// The confirmation token that a card number stands for; empty when it is no test card.
[[nodiscard]] std::string_view TokenOfCard(std::string_view number);
/// The test cards as a list, for a hint: `4242 4242 4242 4242 pays`.
[[nodiscard]] std::string CardList();

}  // namespace plinto::polar::emulator
