// Polar's refusals as our errors. All its body shapes are read: domain errors, validation lists, OAuth errors, and
// answers that are not JSON. Polar's own texts go into `details`, never into what an end user is shown as `message`.
#pragma once

#include "core/foundation/http.h"
#include "core/foundation/result.h"

namespace plinto::polar {

/// `response` is not a success. 422 becomes VALIDATION_FAILED with the field; 404 NOT_FOUND; 413 PAYLOAD_TOO_LARGE; 429
/// UPSTREAM_RATE_LIMITED; CONFLICT is what the object's state forbids: 402, 409, 410, 412, and 403 that names a class;
/// all else UPSTREAM_FAILED, a refused access token included. `details` begins with Polar's class where it gave one.
[[nodiscard]] Error ErrorFromPolar(const HttpResponse& response);

/// No answer came: UPSTREAM_TIMEOUT or UPSTREAM_FAILED.
[[nodiscard]] Error ErrorFromPolarFault(TransportFault fault);

/// A success whose body cannot be read: UPSTREAM_ANSWER_INVALID.
[[nodiscard]] Error UnreadableAnswer(const HttpResponse& response, const Error& why);

}  // namespace plinto::polar
