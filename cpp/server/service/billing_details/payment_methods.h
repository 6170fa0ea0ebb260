// What a customer has saved to pay with, at Polar and at Conekta, as far as it may be shown.
#pragma once

#include "core/gateway/billing_details.h"
#include "server/service/call_terms.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// Cards at Conekta are there for whoever has bought there, while CONEKTA_API_KEY is set. Errors: those of either.
[[nodiscard]] Task<Result<PaymentMethods>> ReadPaymentMethods(Shared& shared, CustomerRow customer, CallTerms terms);

}  // namespace plinto::polar::server
