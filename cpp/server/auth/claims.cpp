#include "server/auth/claims.h"

#include <cmath>
#include <optional>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

Error Invalid(std::string why) {
  return Error{.code = ErrorCode::kTokenInvalid,
               .message = "The access token " + std::move(why) + ". Sign in again and send the new access token."};
}

/// A NumericDate, which may have a fraction, in whole seconds.
std::optional<std::int64_t> FindSeconds(const Json& claims, std::string_view name) {
  constexpr auto kLast = static_cast<double>(kLastTimestamp.Seconds());
  const Json* member = FindMember(claims, name);
  if (member == nullptr) return std::nullopt;
  std::optional<std::int64_t> seconds = AsInteger(*member);
  if (const auto* fraction = member->get_ptr<const double*>()) {
    if (!(std::abs(*fraction) <= kLast)) return std::nullopt;
    seconds = static_cast<std::int64_t>(std::floor(*fraction));
  }
  if (!seconds || *seconds < 0 || static_cast<double>(*seconds) > kLast) return std::nullopt;
  return seconds;
}

bool NamesAudience(const Json& claims, std::string_view audience) {
  const Json* member = FindMember(claims, "aud");
  if (member == nullptr) return false;
  if (const auto* text = member->get_ptr<const std::string*>()) return *text == audience;
  const auto* list = member->get_ptr<const Json::array_t*>();
  if (list == nullptr) return false;
  for (const Json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text != nullptr && *text == audience) return true;
  }
  return false;
}

}  // namespace

Result<AccessToken> CheckClaims(const Json& claims, std::string_view issuer, std::string_view audience, Timestamp now) {
  const std::string* const token_issuer = FindString(claims, "iss");
  if (token_issuer == nullptr || *token_issuer != issuer) {
    return Invalid("was not issued by this server's Plinto (claim `iss`, setting PLINTO_JWT_ISSUER)");
  }
  if (!NamesAudience(claims, audience)) {
    return Invalid("is not meant for this server (claim `aud`, setting PLINTO_JWT_AUDIENCE)");
  }
  const std::string* const type = FindString(claims, "type");
  if (type == nullptr || *type != "access") return Invalid("is not an access token (claim `type`)");
  const std::string* const subject = FindString(claims, "sub");
  if (subject == nullptr || !IsUuid(*subject)) return Invalid("does not name a user by UUID (claim `sub`)");
  for (const std::string_view name : {"iat", "nbf"}) {
    if (FindMember(claims, name) == nullptr) continue;
    const auto seconds = FindSeconds(claims, name);
    if (!seconds || *seconds > now.Seconds() + kFutureLeewaySeconds) {
      return Invalid("is not valid yet (claim `" + std::string(name) +
                     "`); check the clocks of Plinto and this server");
    }
  }
  const auto expiry = FindSeconds(claims, "exp");
  if (!expiry) return Invalid("does not say when it expires (claim `exp`)");
  if (*expiry + kExpiryLeewaySeconds <= now.Seconds()) {
    return Error{.code = ErrorCode::kTokenExpired,
                 .message = "The access token has expired. Refresh it, or sign in again, and send the new one."};
  }
  return AccessToken{.user_id = ToLowerAscii(*subject), .text = {}, .expires_at = Timestamp::FromSeconds(*expiry)};
}

}  // namespace plinto::polar::server
