// What a customer of Conekta's has saved to pay with. Only cards can be charged again: references for cash and
// transfers stand in the same list. Errors: ParseConektaAnswer's (account.h).
#pragma once

#include "core/conekta/account.h"
#include "core/conekta/list.h"

namespace plinto::polar {

struct ConektaPaymentSource {
  std::string id;
  std::string type;
  std::optional<std::int64_t> created_at = {};
  std::optional<bool> is_default = {};
  std::optional<std::string> brand = {};
  std::optional<std::string> last4 = {};
  std::optional<std::string> exp_month = {};
  std::optional<std::string> exp_year = {};
};
template <>
inline constexpr auto kDescription<ConektaPaymentSource> =
    Describe(Field("id", &ConektaPaymentSource::id, "Conekta's id.", Length(1, 100)),
             Field("type", &ConektaPaymentSource::type, "`card`, `cash_recurrent`, `spei_recurrent` ..."),
             Field("created_at", &ConektaPaymentSource::created_at, "Seconds since 1970."),
             Field("default", &ConektaPaymentSource::is_default, "True of the card that renewals are charged to."),
             Field("brand", &ConektaPaymentSource::brand, "Of a card: `visa`, `mastercard`, `amex` ..."),
             Field("last4", &ConektaPaymentSource::last4, "Of a card: the last four digits."),
             Field("exp_month", &ConektaPaymentSource::exp_month, "Of a card: `01` to `12`."),
             Field("exp_year", &ConektaPaymentSource::exp_year, "Of a card: two digits, or four."));

[[nodiscard]] HttpRequest BuildListConektaPaymentSources(const ConektaAccount& account, const std::string& customer_id,
                                                         const ConektaPage& page);
[[nodiscard]] Result<ConektaList<ConektaPaymentSource>> ParseConektaPaymentSources(const HttpResponse& response);

}  // namespace plinto::polar
