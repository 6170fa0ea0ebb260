// Conekta's API, requests and answers: per operation a Build... that makes the request and a Parse... that reads the
// answer, as core/polar does for Polar. This is what all of its resources share.
//
// Times are Unix seconds, amounts integers of the currency's smallest unit. Conekta refuses members that it does not
// know, so only what is documented is sent. Source: Conekta's OpenAPI document 2.3.0.
// Nothing in core/conekta may be linked into the Wasm modules: only the server buys at Conekta.
#pragma once

#include <string>
#include <string_view>

#include "core/conekta/errors.h"
#include "core/foundation/codec.h"
#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// One Conekta account. Its key decides whether it is the live one or the one for tests.
struct ConektaAccount {
  std::string base_url = "https://api.conekta.io";  ///< or the emulator's; no slash at the end
  std::string api_key = {};                         ///< a private key; never leaves the server; empty: there is none
  std::string api_version = "2.3.0";

  [[nodiscard]] bool IsSet() const { return !api_key.empty(); }
};

/// Could this be the id of one of Conekta's objects (`ord_2xEMU0001aaaa`, or 24 hexadecimal digits)? What stands in a
/// path is asked first: ids come over the network. No id of Polar's is one.
[[nodiscard]] bool IsConektaId(std::string_view id);
/// Of an object that the mirror keeps beside Polar's: a subscription or an order of Conekta's.
[[nodiscard]] bool IsKeptConektaId(std::string_view id);

/// A time of Conekta's. One that no calendar has becomes the nearest that it has.
[[nodiscard]] Timestamp FromConektaTime(std::int64_t seconds);

/// A request without a body. `query` is an object of texts and numbers, or null.
[[nodiscard]] HttpRequest BuildConektaRequest(const ConektaAccount& account, std::string_view method,
                                              std::string_view path, const Json& query = {});
[[nodiscard]] HttpRequest BuildConektaBody(const ConektaAccount& account, std::string_view method,
                                           std::string_view path, const Json& body);

/// Reads a success as `T`, anything else as an error. Errors: those of ErrorFromConekta; UPSTREAM_ANSWER_INVALID.
template <Described T>
[[nodiscard]] Result<T> ParseConektaAnswer(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromConekta(response);
  Result<T> value = DecodeText<T>(response.body);
  if (!value) return UnreadableConektaAnswer(response, value.error());
  return value;
}

}  // namespace plinto::polar
