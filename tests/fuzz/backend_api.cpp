// What back ends ask of the rules: tokens as strangers send them, and the bodies of webhooks. An envelope comes back,
// and a token is taken in one spelling only. Lines: token, issuer, audience, body.
#include "core/gateway/backend_api.h"

#include "core/billing/access/entitlement_token.h"
#include "core/foundation/json.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

namespace {

constexpr std::int64_t kNowMs = 1'770'000'000'000;

void CheckToken(std::string_view token) {
  if (!ReadTokenHead(token)) return;
  for (const std::string_view more : {"=", ".", "A", " ", "\n"}) {
    Must(!ReadTokenHead(std::string(token) + std::string(more)).ok(), "nothing may be added to a token");
  }
  Must(token.find_first_of("+/=") == std::string_view::npos, "a token is base64url");
}

void CheckChange(std::string_view body) {
  const Result<Json> envelope = ParseJson(DecideAccessChangeCall(body, 7));
  Must(envelope.ok(), "an envelope is JSON");
  const Json* const value = FindMember(*envelope, "value");
  if (value == nullptr || value->is_null()) return;
  const Json* const access = FindMember(*value, "access");
  Must(access != nullptr && FindBool(*access, "allowed").has_value(), "what is said is yes or no");
  Must(FindString(*value, "customer_id") != nullptr, "what is said is of somebody");
  Must(FindString(*value, "at")->size() == 27, "times are written in one length");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::Text(data, size);
  const std::string_view token = fuzz::TakeLine(body);
  const std::string_view issuer = fuzz::TakeLine(body);
  const std::string_view audience = fuzz::TakeLine(body);
  CheckToken(token);
  CheckChange(body);
  Must(ParseJson(ReadTokenHeadCall(token)).ok(), "an envelope is JSON");
  Must(ParseJson(ReadEntitlementTokenCall(token, issuer, audience, kNowMs)).ok(), "an envelope is JSON");
  return 0;
}
