// Payment methods of a customer, for reading in pages. They are changed in the customer portal, or by its sessions.
// Errors: ParseAnswer's (request.h).
#pragma once

#include "core/model/payment_method.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which page of them.
struct PaymentMethodQuery {
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
};
template <>
inline constexpr auto kDescription<PaymentMethodQuery> =
    Describe(Field("page", &PaymentMethodQuery::page, "1 is the first."),
             Field("limit", &PaymentMethodQuery::limit, "10 when absent, 100 at most."));

[[nodiscard]] HttpRequest BuildListPaymentMethods(const PolarAccount& account, std::string_view customer_id,
                                                  const PaymentMethodQuery& query = {});

[[nodiscard]] Result<Page<PaymentMethod>> ParsePaymentMethods(const HttpResponse& response);

}  // namespace plinto::polar
