#include "core/polar/customers/payment_methods.h"

namespace plinto::polar {

HttpRequest BuildListPaymentMethods(const PolarAccount& account, std::string_view customer_id,
                                    const PaymentMethodQuery& query) {
  return BuildRequest(account, "GET", "/v1/customers/" + PercentEncode(customer_id) + "/payment-methods",
                      Encode(query));
}

Result<Page<PaymentMethod>> ParsePaymentMethods(const HttpResponse& response) {
  return ParseAnswer<Page<PaymentMethod>>(response);
}

}  // namespace plinto::polar
