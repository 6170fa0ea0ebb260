// `GET /payment-methods` and `GET /orders/{id}/invoice` of our own API: what a billing page shows beside the mirror.
//
// Values only. The providers are asked each time: cards change there without a webhook, and an invoice's address holds
// only for a while.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// Nothing of it can be charged with.
struct PaymentMethodView {
  std::string id;
  std::string type;
  bool is_default = false;
  std::optional<std::string> brand = {};
  std::optional<std::string> last4 = {};
  std::optional<std::int64_t> exp_month = {};
  std::optional<std::int64_t> exp_year = {};
  std::optional<std::string> wallet = {};
};
template <>
inline constexpr auto kDescription<PaymentMethodView> =
    Describe(Output("A payment method, as far as it may be shown."),
             Field("id", &PaymentMethodView::id, "Its id at Polar, or at Conekta."),
             Field("type", &PaymentMethodView::type, "`card`, or another kind, which has none of the fields below."),
             Field("is_default", &PaymentMethodView::is_default,
                   "True of the one that renewals are charged to, at each provider."),
             Field("brand", &PaymentMethodView::brand, "Of a card: `visa`, `mastercard` ..."),
             Field("last4", &PaymentMethodView::last4, "Of a card: the last four digits."),
             Field("exp_month", &PaymentMethodView::exp_month, "Of a card: 1 to 12."),
             Field("exp_year", &PaymentMethodView::exp_year, "Of a card: four digits."),
             Field("wallet", &PaymentMethodView::wallet, "Of a card in a wallet: `apple_pay`, `google_pay` ..."));

struct PaymentMethods {
  std::vector<PaymentMethodView> items;
};
template <>
inline constexpr auto kDescription<PaymentMethods> = Describe(
    Output("The subject's payment methods."),
    Field("items", &PaymentMethods::items, "The default one first, then the newest; 100 at most of each provider."));

struct Invoice {
  std::string url;
};
template <>
inline constexpr auto kDescription<Invoice> =
    Describe(Output("Where an invoice can be fetched."),
             Field("url", &Invoice::url, "A PDF. The address is signed and holds only for a while: ask anew.", kUrl));

}  // namespace plinto::polar
