// A grant that was given by hand: a tier or features for somebody, from one date until another, whatever they have
// bought. Not to be taken for the grants of benefits that Polar tells of (core/model/benefit_grant.h).
//
// Pure. What is here decides; who made it and why is the store's to keep (server/store/grants.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// Either a tier or features. A tier gives what the last entry of PRODUCTS with this tier gives, but for what is
/// billed: seats, credits and overage. Features may be any, also those that PRODUCTS does not know.
struct LocalGrant {
  std::string id;
  std::optional<std::string> tier = {};
  std::vector<std::string> features = {};
  Timestamp starts_at = {};
  std::optional<Timestamp> ends_at = {};  ///< the first moment that it does not give any more; none while it is kept
  std::string source = {};                ///< such as `support` or `import`
  std::string reason = {};                ///< for people

  bool operator==(const LocalGrant&) const = default;
};

[[nodiscard]] inline bool HasBegun(const LocalGrant& grant, Timestamp now) { return grant.starts_at <= now; }
[[nodiscard]] inline bool IsInForce(const LocalGrant& grant, Timestamp now) {
  return HasBegun(grant, now) && (!grant.ends_at || now < *grant.ends_at);
}

/// When the next of them begins or ends; none where nothing changes any more by itself.
[[nodiscard]] inline std::optional<Timestamp> NextChangeOf(std::span<const LocalGrant> grants, Timestamp now) {
  std::optional<Timestamp> next;
  const auto consider = [&](Timestamp at) {
    if (at > now && (!next || at < *next)) next = at;
  };
  for (const LocalGrant& grant : grants) {
    consider(grant.starts_at);
    if (grant.ends_at) consider(*grant.ends_at);
  }
  return next;
}

}  // namespace plinto::polar
