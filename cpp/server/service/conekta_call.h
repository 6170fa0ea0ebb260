// The way to Conekta: the same exchange, limits and timeouts as to Polar (polar_call.h), counted apart.
#pragma once

#include "core/conekta/errors.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {

/// As CallPolar(). Nothing at Conekta is idempotent but reading: whoever creates looks first whether it is there.
[[nodiscard]] Task<CallOutcome> CallConekta(Host& host, HttpRequest request, bool idempotent, CallTerms terms,
                                            Timestamp* as_of = nullptr);

/// As ReadOutcome().
template <class T>
[[nodiscard]] Result<T> ReadConektaOutcome(const CallOutcome& outcome, Result<T> (*parse)(const HttpResponse&)) {
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) return parse(*response);
  if (const auto* fault = std::get_if<TransportFault>(&outcome)) return ErrorFromConektaFault(*fault);
  return *std::get_if<Error>(&outcome);
}

}  // namespace plinto::polar::server
