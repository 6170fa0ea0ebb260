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

/// The body of the page: summary and payment, with what was refused beside the form that it came from.
[[nodiscard]] std::string CheckoutBody(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                                       const PageRefusal& refusal);

/// Where a form of the page leads: `/checkout/{client_secret}/{action}`, with the frame's query.
[[nodiscard]] std::string CheckoutPath(const Json& checkout, const CheckoutFrame& frame, std::string_view action);
[[nodiscard]] bool StartsTrial(const Json& checkout);
/// What is charged at once, in minor units.
[[nodiscard]] std::int64_t DueToday(const Json& checkout);
/// What the page says that is paid, now and later. Pay sends it back: nothing else is charged than what was shown.
[[nodiscard]] std::string ShownOf(const Json& checkout);
/// How many seats or units this checkout sells by such a price.
[[nodiscard]] CountBounds CheckoutBounds(const Json& checkout, const Json& price);
/// The country alone is not enough.
[[nodiscard]] bool WantsWholeAddress(const Json& checkout);

}  // namespace plinto::polar::emulator
