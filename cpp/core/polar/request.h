// What all resources of Polar's API share: the account, the headers, the query and the reading of answers.
//
// Every request bears the token and `Polar-Version`. Lists of a query repeat their name, metadata is written as
// `metadata[key]=value` (OpenAPI's deepObject), what is absent is left out.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/codec.h"
#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/foundation/text.h"
#include "core/polar/errors.h"

namespace plinto::polar {

/// One Polar account.
struct PolarAccount {
  std::string base_url;      ///< `https://api.polar.sh`, the sandbox's or the emulator's; no slash at the end
  std::string access_token;  ///< an organization access token; never leaves the server
  std::string api_version = "2026-04";
};

/// A request without a body. `query` is an object of texts, numbers, booleans, lists and objects, or null.
[[nodiscard]] HttpRequest BuildRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                                       const Json& query = {});
/// A request with a JSON body.
[[nodiscard]] HttpRequest BuildBodyRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                                           const Json& body);
/// The same with a body that is JSON text already.
[[nodiscard]] HttpRequest BuildTextRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                                           std::string body);

/// Reads a success as `T`, anything else as an error. Errors: those of ErrorFromPolar; UPSTREAM_ANSWER_INVALID.
template <Described T>
[[nodiscard]] Result<T> ParseAnswer(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromPolar(response);
  Result<T> value = DecodeText<T>(response.body);
  if (!value) return UnreadableAnswer(response, value.error());
  return value;
}

/// As ParseAnswer, for a union that is the whole answer.
template <class T>
[[nodiscard]] Result<T> ParseUnionAnswer(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromPolar(response);
  Result<Json> json = ParseJson(response.body);
  if (!json) return UnreadableAnswer(response, json.error());
  T value;
  if (Status status = codec::DecodeInto(*json, value, kAny, DecodeOptions()); !status) {
    return UnreadableAnswer(response, status.error());
  }
  return value;
}

/// For answers whose body says nothing: 204, and 202 of what Polar does later.
[[nodiscard]] Status ParseAccepted(const HttpResponse& response);

}  // namespace plinto::polar
