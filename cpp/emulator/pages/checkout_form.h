// What the buyer sends by the checkout page's one form, as bodies of the checkout API; and what the API refused of it,
// in their words. Every button of the page sends all fields, so that nothing typed is lost and Pay buys what is chosen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"

namespace plinto::polar::emulator {

/// `12.50`, `12,50` and `1,234.50` in minor units. Nothing for other text, and for more decimals than the currency has.
[[nodiscard]] std::optional<std::int64_t> MinorUnits(std::string_view text, std::string_view currency);

/// What the form has chosen and the checkout has not.
struct Choices {
  Json changes;              ///< A body of CheckoutUpdatePublic; without members when there is nothing to change.
  PageRefusal refusal = {};  ///< Of what cannot be put into a body.
};
[[nodiscard]] Choices ChoicesOf(const FormFields& form, const Json& checkout);
/// The form as it is shown again once its choices have become the checkout's.
[[nodiscard]] FormFields WithoutChoices(FormFields form);

/// What the form says of the buyer, where the checkout does not say the same: e-mail and name.
[[nodiscard]] Json ContactOf(const FormFields& form, const Json& checkout);
/// A body of CheckoutConfirmStripe. `token`: the confirmation token of the card.
[[nodiscard]] Json ConfirmationOf(const FormFields& form, const Json& checkout, std::string_view token);

/// What the API refused, for a buyer: with the bound that they have hit, and without the API's names.
[[nodiscard]] PageRefusal BuyersRefusal(const ApiAnswer& answer, const Json& checkout);

}  // namespace plinto::polar::emulator
