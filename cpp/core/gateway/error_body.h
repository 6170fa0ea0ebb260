// Errors on the wire, in Plinto's shape: `{"error":{"code","message","details","request_id"}}`.
#pragma once

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar {

/// The answer for an error: status from the error table, `Retry-After` where the error has one.
[[nodiscard]] HttpResponse BuildErrorAnswer(const Error& error);

/// The refusal of a method. `allowed` is what the route answers to, as the `Allow` header lists it: "GET, HEAD".
[[nodiscard]] Error WrongMethod(const std::string& allowed);

/// Reads a refusal by our server or by what stands before it (Plinto's API, a proxy): every shape that Plinto's APIs
/// are known to send, and none at all. `response` is not a success.
[[nodiscard]] Error ErrorFromGateway(const HttpResponse& response);

/// An error as JavaScript sees it: camelCase, empty members absent.
[[nodiscard]] Json ErrorToJson(const Error& error);

}  // namespace plinto::polar
