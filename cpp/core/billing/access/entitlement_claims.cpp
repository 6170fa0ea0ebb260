#include "core/billing/access/entitlement_claims.h"

#include <algorithm>
#include <set>

namespace plinto::polar {
namespace {

constexpr std::int64_t kMaxGraceSeconds = 100LL * 366 * 86'400;  // keeps the arithmetic of times in range

constexpr std::array<std::string_view, 9> kReasonTexts = {"fresh",           "stale_allowed",    "stale_in_grace",
                                                          "denied_by_token", "not_in_token",     "access_ended",
                                                          "stale",           "stale_grace_over", "not_yet_valid"};

Error Refused(std::string claim, std::string why, std::string_view advice = "Fetch a new one.") {
  return {.code = ErrorCode::kTokenInvalid,
          .message = "The entitlement token cannot be relied on. " + std::move(why) + " " + std::string(advice),
          .field = std::move(claim)};
}

bool FitsReason(const Access& access) {
  for (std::size_t i = 0; i < kEnumTexts<EntitlementReason>.size(); ++i) {
    if (kEnumTexts<EntitlementReason>[i] != access.reason.text()) continue;
    return access.allowed == Allows(static_cast<EntitlementReason>(i));
  }
  return false;
}

template <class T>
std::optional<Error> CheckList(const std::vector<T>& list, std::string T::*key, std::string_view claim) {
  std::set<std::string_view> answered;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string place = std::string(claim) + "[" + std::to_string(i) + "]";
    if (!FitsReason(list[i].access)) return Refused(place + ".access", "Its reason does not fit its answer.");
    if (!answered.insert(list[i].*key).second) return Refused(place, "It answers twice on the same thing.");
  }
  return std::nullopt;
}

std::optional<Error> CheckClaims(const EntitlementClaims& claims, std::string_view issuer, std::string_view audience,
                                 Timestamp now) {
  if (claims.version != kEntitlementClaimsVersion) return Refused("version", "Its form is of another version.");
  if (claims.iss != issuer) {
    return Refused("iss", "Another issuer signed it.", "Expect what the server has as ENTITLEMENTS_ISSUER.");
  }
  if (claims.aud != audience) {
    return Refused("aud", "It is meant for another audience.", "Expect what the server has as ENTITLEMENTS_AUDIENCE.");
  }
  if (claims.exp <= claims.iat) return Refused("exp", "It ends before it begins.");
  if (claims.exp - claims.iat > kMaxEntitlementTokenSeconds) return Refused("exp", "It lasts too long.");
  if (claims.iat > now.Seconds() + kEntitlementClockSkewSeconds) {
    return Refused("iat", "It was signed in the future; a clock is wrong.");
  }
  if (!FitsReason(claims.access)) return Refused("access", "Its reason does not fit its answer.");
  if (auto error = CheckList(claims.features, &FeatureAccess::feature, "features")) return error;
  return CheckList(claims.meters, &MeterAccess::meter_id, "meters");
}

}  // namespace

std::string_view ToText(ClaimReason reason) { return kReasonTexts[static_cast<std::size_t>(reason)]; }

EntitlementClaims BuildEntitlementClaims(const TokenSubject& subject, const CustomerEntitlements& entitlements,
                                         Timestamp now, std::int64_t lifetime_seconds) {
  EntitlementClaims claims{.iss = subject.issuer,
                           .aud = subject.audience,
                           .sub = subject.subject,
                           .org = subject.organization,
                           .iat = now.Seconds(),
                           .access = entitlements.access,
                           .tier = entitlements.tier,
                           .features = entitlements.features,
                           .meters = entitlements.meters};
  claims.exp = claims.iat + std::clamp<std::int64_t>(lifetime_seconds, 1, kMaxEntitlementTokenSeconds);
  const auto end_with = [&](const Access& access) {
    // At least a second: a token that is stale when it is made helps nobody, and readers see `until` as well.
    if (!access.allowed || !access.until) return;
    claims.exp = std::min(claims.exp, std::max(access.until->Seconds(), claims.iat + 1));
  };
  end_with(entitlements.access);
  for (const FeatureAccess& feature : entitlements.features) end_with(feature.access);
  return claims;
}

Result<EntitlementClaims> ReadEntitlementClaims(const Json& payload, std::string_view issuer, std::string_view audience,
                                                Timestamp now) {
  Result<EntitlementClaims> claims = Decode<EntitlementClaims>(payload);
  if (!claims) return Refused(claims.error().field, claims.error().message);
  if (auto error = CheckClaims(*claims, issuer, audience, now)) return std::move(*error);
  return claims;
}

ClaimDecision EvaluateFeature(const EntitlementClaims& claims, std::string_view feature, StalenessPolicy policy,
                              Timestamp now) {
  const auto found = std::find_if(claims.features.begin(), claims.features.end(),
                                  [&](const FeatureAccess& one) { return one.feature == feature; });
  if (found == claims.features.end()) return {false, ClaimReason::kNotInToken, std::nullopt};
  const Access& access = found->access;
  if (now.PlusSeconds(kEntitlementClockSkewSeconds) < Timestamp::FromSeconds(claims.iat)) {
    return {false, ClaimReason::kNotYetValid, std::nullopt};
  }
  if (!access.allowed) return {false, ClaimReason::kDeniedByToken, std::nullopt};
  if (access.until && now >= *access.until) return {false, ClaimReason::kAccessEnded, std::nullopt};
  const auto allow_until = [&](ClaimReason reason, Timestamp until) {
    return ClaimDecision{true, reason, access.until ? std::min(until, *access.until) : until};
  };
  const Timestamp stale_at = Timestamp::FromSeconds(claims.exp);
  if (now < stale_at) return allow_until(ClaimReason::kFresh, stale_at);
  if (policy.kind == StalenessPolicy::Kind::kAllow) return {true, ClaimReason::kStaleAllowed, access.until};
  if (policy.kind == StalenessPolicy::Kind::kDeny) return {false, ClaimReason::kStale, std::nullopt};
  const Timestamp grace_end = stale_at.PlusSeconds(std::clamp<std::int64_t>(policy.grace_seconds, 0, kMaxGraceSeconds));
  if (now >= grace_end) return {false, ClaimReason::kStaleGraceOver, std::nullopt};
  return allow_until(ClaimReason::kStaleInGrace, grace_end);
}

}  // namespace plinto::polar
