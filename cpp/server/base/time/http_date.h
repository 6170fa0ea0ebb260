// Dates of HTTP headers, in all three forms that RFC 9110 (5.6.7) has recipients read.
#pragma once

#include <optional>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. A year of two
/// digits lies at most 50 years ahead of `now`. Nothing for anything else.
[[nodiscard]] std::optional<Timestamp> ParseHttpDate(std::string_view text, Timestamp now);

/// A Retry-After that is a date (RFC 9110, 10.2.3) becomes the seconds until then: from the answer's own `Date`, else
/// from `now`. A time that is over is 0.
void CountRetryAfter(HttpResponse& answer, Timestamp now);

}  // namespace plinto::polar::server
