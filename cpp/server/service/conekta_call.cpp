#include "server/service/conekta_call.h"

namespace plinto::polar::server {

Task<CallOutcome> CallConekta(Host& host, HttpRequest request, bool idempotent, CallTerms terms, Timestamp* as_of) {
  return CallUpstream(host, {host.conekta_budget, "Conekta", ErrorFromConekta}, std::move(request), idempotent,
                      std::move(terms), as_of);
}

}  // namespace plinto::polar::server
