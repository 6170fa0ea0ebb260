// Drives the core's exchange over the HTTP client: the one place where the server talks to Polar.
#pragma once

#include "core/exchange/exchange.h"
#include "server/service/host.h"

namespace plinto::polar::server {

/// What came of a call after all permitted repetitions.
using CallOutcome = std::variant<HttpResponse, TransportFault>;

/// Sends until there is an answer that counts or `deadline` has come. `idempotent` as in ExchangePolicy. `as_of`
/// receives how old the answer is, by Polar's clock (polar_clock.h).
[[nodiscard]] Task<CallOutcome> CallPolar(Host& host, HttpRequest request, bool idempotent, Timestamp deadline,
                                          Timestamp* as_of = nullptr);

/// The outcome as a result: `parse` for an answer, UPSTREAM_TIMEOUT or UPSTREAM_FAILED for none.
template <class T>
[[nodiscard]] Result<T> ReadOutcome(const CallOutcome& outcome, Result<T> (*parse)(const HttpResponse&));

/// A user's request has this long for all calls to Plinto and Polar together.
inline constexpr std::int64_t kRequestBudgetMs = 9'000;

}  // namespace plinto::polar::server

#include "core/polar/errors.h"

namespace plinto::polar::server {

template <class T>
Result<T> ReadOutcome(const CallOutcome& outcome, Result<T> (*parse)(const HttpResponse&)) {
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) return parse(*response);
  return ErrorFromPolarFault(*std::get_if<TransportFault>(&outcome));
}

}  // namespace plinto::polar::server
