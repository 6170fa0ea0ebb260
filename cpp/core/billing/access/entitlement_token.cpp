#include "core/billing/access/entitlement_token.h"

#include <algorithm>

#include "core/foundation/base64.h"

namespace plinto::polar {
namespace {

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kMaxKeyName = 256;
constexpr JsonLimits kHeaderLimits = {.max_depth = 8, .max_members = 64};

Error Refused(std::string why) {
  return {
      .code = ErrorCode::kTokenInvalid,
      .message = "The entitlement token " + std::move(why) + ". Pass the text that GET /entitlements/token answers."};
}

struct Parts {
  std::string header;
  std::string payload;
  std::string signature;
};

std::optional<Parts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (token.size() > kMaxEntitlementTokenBytes || first == std::string_view::npos || first == last) return std::nullopt;
  // A dot in between is no base64url, and is refused as such.
  auto header = DecodeBase64Url(token.substr(0, first));
  auto payload = DecodeBase64Url(token.substr(first + 1, last - first - 1));
  auto signature = DecodeBase64Url(token.substr(last + 1));
  if (!header || !payload || !signature) return std::nullopt;
  return Parts{std::move(*header), std::move(*payload), std::move(*signature)};
}

bool IsKeyName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxKeyName &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<std::string> ReadTokenHead(std::string_view token) {
  const auto parts = Split(token);
  if (!parts) return Refused("is not a JWT");
  const Result<Json> header = ParseJson(parts->header, kHeaderLimits);
  if (!header || !header->is_object()) return Refused("has a header that is not a JSON object");
  const std::string* const algorithm = FindString(*header, "alg");
  if (algorithm == nullptr || *algorithm != "ES256") return Refused("is not signed by ES256 (header `alg`)");
  if (FindMember(*header, "crit") != nullptr) return Refused("wants extensions of its own (header `crit`)");
  const std::string* const kid = FindString(*header, "kid");
  if (kid == nullptr || !IsKeyName(*kid)) return Refused("does not name its key (header `kid`)");
  if (parts->signature.size() != kSignatureBytes) return Refused("has no ES256 signature of 64 bytes");
  return *kid;
}

Result<EntitlementClaims> ReadEntitlementToken(std::string_view token, std::string_view issuer,
                                               std::string_view audience, Timestamp now) {
  const auto parts = Split(token);
  if (!parts) return Refused("is not a JWT");
  const Result<Json> payload = ParseJson(parts->payload);
  if (!payload || !payload->is_object()) return Refused("has a payload that is not a JSON object");
  Result<EntitlementClaims> claims = ReadEntitlementClaims(*payload, issuer, audience, now);
  if (claims && now >= Timestamp::FromSeconds(claims->exp)) {
    return Error{.code = ErrorCode::kTokenExpired,
                 .message = "The entitlement token has expired. Fetch a new one by GET /entitlements/token."};
  }
  return claims;
}

}  // namespace plinto::polar
