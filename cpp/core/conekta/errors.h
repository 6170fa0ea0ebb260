// Conekta's refusals as our errors. Its own texts, which may be in Spanish, go into `details`, never into what an end
// user is shown as `message`.
#pragma once

#include "core/foundation/http.h"
#include "core/foundation/result.h"

namespace plinto::polar {

/// `response` is not a success. 422 becomes VALIDATION_FAILED with the field; 404 NOT_FOUND; 429 and 503
/// UPSTREAM_RATE_LIMITED; CONFLICT is what the object's state forbids: 402 (a payment was refused), 409 and 428; all
/// else UPSTREAM_FAILED, a refused key included. `details` begins with Conekta's code where it gave one.
[[nodiscard]] Error ErrorFromConekta(const HttpResponse& response);

/// No answer came: UPSTREAM_TIMEOUT or UPSTREAM_FAILED.
[[nodiscard]] Error ErrorFromConektaFault(TransportFault fault);

/// A success whose body cannot be read: UPSTREAM_ANSWER_INVALID.
[[nodiscard]] Error UnreadableConektaAnswer(const HttpResponse& response, const Error& reason);

}  // namespace plinto::polar
