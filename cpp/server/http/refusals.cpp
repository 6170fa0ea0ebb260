#include "server/http/refusals.h"

namespace plinto::polar::server {

Error Malformed(std::string what) {
  return ValidationError("", "The HTTP request is malformed: " + std::move(what) + ". Send a valid HTTP/1.1 request.");
}

Error TooLarge(std::size_t limit) {
  return Error{.code = ErrorCode::kPayloadTooLarge,
               .message = "The body is larger than the " + std::to_string(limit) +
                          " bytes that this route takes. Send less at a time."};
}

Error TooManyBodies() {
  return Error{.code = ErrorCode::kRateLimited,
               .message =
                   "The server holds as many large bodies as it may, or as many of this sender's. Send the request "
                   "again after the time in Retry-After.",
               .retry_after_ms = 1'000};
}

Error HeaderTooLarge(std::size_t limit) {
  return Error{.code = ErrorCode::kPayloadTooLarge,
               .message = "The request header is larger than " + std::to_string(limit) +
                          " bytes. Send fewer or shorter header fields."};
}

Error TooSlow(std::string_view part) {
  return Error{.code = ErrorCode::kTimeout,
               .message = "The request's " + std::string(part) + " came too slowly. Send the request again."};
}

Error Failed() {
  return Error{.code = ErrorCode::kInternal,
               .message = "The server failed at this request. Try again; if it goes on, look at the server's log."};
}

Error TooManyConnections() {
  return Error{.code = ErrorCode::kRateLimited,
               .message = "This address has as many connections as it may. Use those, or close some."};
}

}  // namespace plinto::polar::server
