// The claims of an entitlement token: what a customer may use, signed by the server as an ES256 JWT, checked offline.
//
// Pure. Signing and checking the signature are the caller's; this builds the claims, reads them back strictly, and says
// what a reader may do with them, also when the token has grown stale because the server cannot be reached.
#pragma once

#include "core/billing/access/entitlements.h"

namespace plinto::polar {

/// Raised when a reader of the old form would misunderstand the new one.
inline constexpr std::int64_t kEntitlementClaimsVersion = 1;
/// A token that says it lasts longer than this is none of ours.
inline constexpr std::int64_t kMaxEntitlementTokenSeconds = 86'400;
/// How far ahead of the reader's clock the signer's may be.
inline constexpr std::int64_t kEntitlementClockSkewSeconds = 60;

struct EntitlementClaims {
  std::string iss;
  std::string aud;
  std::string sub;
  std::optional<std::string> org = {};
  std::int64_t iat = 0;
  std::int64_t exp = 0;
  std::int64_t version = kEntitlementClaimsVersion;
  Access access = {};
  std::optional<std::string> tier = {};
  std::vector<FeatureAccess> features = {};
  std::vector<MeterAccess> meters = {};
};
template <>
inline constexpr auto kDescription<EntitlementClaims> = Describe(
    Field("iss", &EntitlementClaims::iss, "Who signed.", Length(1, 2'083)),
    Field("aud", &EntitlementClaims::aud, "Who may rely on it.", Length(1, 2'083)),
    Field("sub", &EntitlementClaims::sub, "The Plinto user who asked, or whose entitlements these are.",
          Length(1, 256)),
    Field("org", &EntitlementClaims::org,
          "The Plinto organization whose entitlements these are; absent for the user's own.", Length(1, 256)),
    Field("iat", &EntitlementClaims::iat, "Signed at, in seconds.", Range(0, kLastTimestamp.Seconds())),
    Field("exp", &EntitlementClaims::exp, "Stale from then on, in seconds.", Range(0, kLastTimestamp.Seconds())),
    Field("version", &EntitlementClaims::version, "Of these claims' form."),
    Field("access", &EntitlementClaims::access, "Of the plan."),
    Field("tier", &EntitlementClaims::tier, "What the customer is now."),
    Field("features", &EntitlementClaims::features, "Each feature's answer."),
    Field("meters", &EntitlementClaims::meters, "Each meter's answer, as of `iat`."));

/// Who signs for whom, and for how long.
struct TokenSubject {
  std::string issuer;
  std::string audience;
  std::string subject;
  std::optional<std::string> organization = {};
};

/// `exp` is `lifetime_seconds` (1 to a day) after now, or earlier: when the first access of the token ends. So a reader
/// that knows nothing but `exp` and `allowed` is right too.
[[nodiscard]] EntitlementClaims BuildEntitlementClaims(const TokenSubject& subject,
                                                       const CustomerEntitlements& entitlements, Timestamp now,
                                                       std::int64_t lifetime_seconds);

/// Reads a payload whose signature held. An expired token is read as well: what it may be used for is for
/// EvaluateFeature() to say. Claims that this version does not know are ignored, as JWTs want it; what it knows must be
/// right: types, version, issuer, audience, times, no feature or meter twice, every reason known and fitting `allowed`.
/// Errors: TOKEN_INVALID naming the claim.
[[nodiscard]] Result<EntitlementClaims> ReadEntitlementClaims(const Json& payload, std::string_view issuer,
                                                              std::string_view audience, Timestamp now);

/// What may be done with a feature once the token is stale.
struct StalenessPolicy {
  enum class Kind : std::uint8_t { kDeny, kAllow, kGrace };
  Kind kind = Kind::kDeny;
  std::int64_t grace_seconds = 0;  ///< of kGrace: counted from `exp`

  static constexpr StalenessPolicy Deny() { return {}; }
  static constexpr StalenessPolicy Allow() { return {Kind::kAllow, 0}; }
  static constexpr StalenessPolicy Grace(std::int64_t seconds) { return {Kind::kGrace, seconds}; }
};

/// Why a token's feature may be used or not. Stable words, see ToText().
enum class ClaimReason : std::uint8_t {
  // Allowed.
  kFresh,
  kStaleAllowed,
  kStaleInGrace,
  // Denied.
  kDeniedByToken,
  kNotInToken,
  kAccessEnded,  ///< the feature's own `until` has passed
  kStale,
  kStaleGraceOver,
  kNotYetValid,
};
[[nodiscard]] std::string_view ToText(ClaimReason reason);

struct ClaimDecision {
  bool allowed = false;
  ClaimReason reason = ClaimReason::kNotInToken;
  std::optional<Timestamp> until = {};  ///< when an allowed answer has to be asked for again

  bool operator==(const ClaimDecision&) const = default;
};

/// Staleness never gives what the token refused, and never outlives the access's own end.
[[nodiscard]] ClaimDecision EvaluateFeature(const EntitlementClaims& claims, std::string_view feature,
                                            StalenessPolicy policy, Timestamp now);

}  // namespace plinto::polar
