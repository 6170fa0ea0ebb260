// `/grants` of our own API: what back ends give by hand, and take back (core/billing/access/local_grant.h).
//
// Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// In one grant.
inline constexpr std::size_t kMostGrantedFeatures = 50;

struct AccessGrantOptions {
  std::string source;
  std::string reason;
  std::optional<std::string> tier = {};
  std::optional<std::vector<std::string>> features = {};
  std::optional<Timestamp> starts_at = {};
  std::optional<Timestamp> ends_at = {};
  std::optional<std::string> external_id = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<AccessGrantOptions> =
    Describe(Input("What is given to whom, and why. Either `tier` or `features`."),
             Field("source", &AccessGrantOptions::source, "What it comes from, such as `support`.", Length(1, 64)),
             Field("reason", &AccessGrantOptions::reason, "Why, for people who look later.", Length(1, 500)),
             Field("tier", &AccessGrantOptions::tier, "A tier of PRODUCTS.", Length(1, 128)),
             Field("features", &AccessGrantOptions::features, "Features, at most 50; PRODUCTS need not know them.",
                   Length(1, 128)),
             Field("starts_at", &AccessGrantOptions::starts_at, "When it begins; now when absent."),
             Field("ends_at", &AccessGrantOptions::ends_at, "When it ends; once it is removed when absent."),
             Field("external_id", &AccessGrantOptions::external_id,
                   "Your name for it: asked for again under the same, it is the same grant.", Length(1, 128)),
             Field("organization_id", &AccessGrantOptions::organization_id,
                   "The Plinto organization that gets it; a user is named by `user_id` in the query.", kUuid));

struct AccessGrantListOptions {
  std::optional<std::string> organization_id = {};
  std::optional<std::int64_t> limit = {};
  std::optional<std::string> cursor = {};
  std::optional<bool> removed = {};
};
template <>
inline constexpr auto kDescription<AccessGrantListOptions> =
    Describe(Input("Whose grants, and which part of the list."),
             Field("organization_id", &AccessGrantListOptions::organization_id,
                   "The Plinto organization; a user is named by `user_id`.", kUuid),
             Field("limit", &AccessGrantListOptions::limit, "At most so many at once; 20 when absent.", Range(1, 100)),
             Field("cursor", &AccessGrantListOptions::cursor, "The `next_cursor` of the page before, unchanged.",
                   Length(1, 128)),
             Field("removed", &AccessGrantListOptions::removed, "True for those that were removed, too."));

struct AccessGrant {
  std::string id;
  std::optional<std::string> organization_id = {};
  std::optional<std::string> user_id = {};
  std::optional<std::string> tier = {};
  std::vector<std::string> features = {};
  Timestamp starts_at = {};
  std::optional<Timestamp> ends_at = {};
  std::string source = {};
  std::string reason = {};
  std::optional<std::string> external_id = {};
  std::string created_by = {};
  Timestamp created_at = {};
  std::optional<std::string> removed_by = {};
  std::optional<Timestamp> removed_at = {};
};
template <>
inline constexpr auto kDescription<AccessGrant> = Describe(
    Output("What somebody was given by hand."), Field("id", &AccessGrant::id, "To remove it by."),
    Field("organization_id", &AccessGrant::organization_id, "Who has it, where that is an organization."),
    Field("user_id", &AccessGrant::user_id, "Who has it, where that is a user."),
    Field("tier", &AccessGrant::tier, "The tier that it gives."),
    Field("features", &AccessGrant::features, "The features that it gives."),
    Field("starts_at", &AccessGrant::starts_at, "When it begins."),
    Field("ends_at", &AccessGrant::ends_at, "When it ends; absent for one that is kept until it is removed."),
    Field("source", &AccessGrant::source, "What it comes from."), Field("reason", &AccessGrant::reason, "Why."),
    Field("external_id", &AccessGrant::external_id, "Its maker's name for it."),
    Field("created_by", &AccessGrant::created_by, "`key:` and a service key's id, or a person's name."),
    Field("created_at", &AccessGrant::created_at, "When it was made."),
    Field("removed_by", &AccessGrant::removed_by, "Who removed it, as `created_by`."),
    Field("removed_at", &AccessGrant::removed_at, "When it was removed: it gives nothing since then."));

struct AccessGrants {
  std::vector<AccessGrant> items = {};
  std::optional<std::string> next_cursor = {};
};
template <>
inline constexpr auto kDescription<AccessGrants> = Describe(Output("One page of grants."),
                                                            Field("items", &AccessGrants::items, "Newest first."),
                                                            Field("next_cursor", &AccessGrants::next_cursor,
                                                                  "For the next page; absent on the last."));

}  // namespace plinto::polar
