// Grants by hand as the store keeps them: what each gives (core/billing/access/local_grant.h), to whom, who made it,
// who removed it.
//
// A grant is never changed: it is removed, and stays to be looked at until it is pruned. One transaction stores what is
// granted and marks whose access is to be looked at, so that no change goes untold.
#pragma once

#include <string>

#include "core/billing/access/local_grant.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// So many that are not removed may one subject have: all of them are read for each answer.
inline constexpr std::int64_t kMostGrants = 100;

struct GrantRow {
  LocalGrant grant;
  Subject subject;
  std::string external_id;  ///< the maker's own name for it, unique within the subject; empty without
  std::string created_by;   ///< `key:` and a service key's id, or how a person at the command line is called
  Timestamp created_at = {};
  std::string removed_by = {};
  std::optional<Timestamp> removed_at = {};

  bool operator==(const GrantRow&) const = default;
};

enum class GrantFate : std::uint8_t {
  kAdded,
  kKnown,        ///< the subject has one of this external id: `kept` is it, as it is now
  kTooMany,      ///< nothing is stored: the subject has kMostGrants
  kSubjectGone,  ///< nothing is stored: Plinto has deleted the subject
};
struct AddedGrant {
  GrantFate fate = GrantFate::kAdded;
  GrantRow kept = {};
};

/// Newest first. Of all subjects where none is named.
struct GrantQuery {
  std::optional<Subject> subject = {};
  bool with_removed = false;
  PageQuery page = {};
};

}  // namespace plinto::polar::server
