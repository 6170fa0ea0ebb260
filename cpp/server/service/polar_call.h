// Drives the core's exchange over the HTTP client: the one place where the server talks to Polar, and, by way of
// conekta_call.h, to Conekta.
#pragma once

#include "core/exchange/exchange.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"

namespace plinto::polar::server {

/// What came of a call after all permitted repetitions. An error: it was not sent, or not again, for want of budget.
using CallOutcome = std::variant<HttpResponse, TransportFault, Error>;

/// Sends, within the tenant's budget, until there is an answer that counts or the deadline has come. `idempotent` as in
/// ExchangePolicy. `as_of` receives how old the answer is, by Polar's clock (polar_clock.h).
[[nodiscard]] Task<CallOutcome> CallPolar(Host& host, HttpRequest request, bool idempotent, CallTerms terms,
                                          Timestamp* as_of = nullptr);

/// Whom a call goes to.
struct CallTarget {
  UpstreamBudget* budget;  ///< null where nothing bounds what it is asked
  std::string_view name;   ///< in the log's lines
  Error (*read_refusal)(const HttpResponse& response);
};
/// As CallPolar(), to another.
[[nodiscard]] Task<CallOutcome> CallUpstream(Host& host, CallTarget target, HttpRequest request, bool idempotent,
                                             CallTerms terms, Timestamp* as_of = nullptr);

/// The outcome as a result: `parse` for an answer; for none UPSTREAM_TIMEOUT or UPSTREAM_FAILED, and RATE_LIMITED or
/// UPSTREAM_RATE_LIMITED for want of budget.
template <class T>
[[nodiscard]] Result<T> ReadOutcome(const CallOutcome& outcome, Result<T> (*parse)(const HttpResponse&));

}  // namespace plinto::polar::server

#include "core/polar/errors.h"

namespace plinto::polar::server {

template <class T>
Result<T> ReadOutcome(const CallOutcome& outcome, Result<T> (*parse)(const HttpResponse&)) {
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) return parse(*response);
  if (const auto* fault = std::get_if<TransportFault>(&outcome)) return ErrorFromPolarFault(*fault);
  return *std::get_if<Error>(&outcome);
}

}  // namespace plinto::polar::server
