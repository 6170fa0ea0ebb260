#include "core/conekta/payment_sources.h"

#include "core/foundation/text.h"

namespace plinto::polar {

HttpRequest BuildListConektaPaymentSources(const ConektaAccount& account, const std::string& customer_id,
                                           const ConektaPage& page) {
  return BuildConektaRequest(account, "GET", "/customers/" + PercentEncode(customer_id) + "/payment_sources",
                             Encode(page));
}

Result<ConektaList<ConektaPaymentSource>> ParseConektaPaymentSources(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaList<ConektaPaymentSource>>(response);
}

}  // namespace plinto::polar
