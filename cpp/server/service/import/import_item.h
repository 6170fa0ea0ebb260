// What an import has done about one subscriber, or would do: a line of its report.
//
// Values only.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {
namespace server {

/// What was done about one of them; the same words are said before it is done.
struct ImportItem {
  std::string place;
  std::string subscription_id;
  std::string outcome;  ///< imported, already, renewed, moved, rolled_back, over, refused, failed
  std::optional<std::string> reason = {};
  std::optional<std::string> organization_id = {};
  std::optional<std::string> user_id = {};
  std::optional<std::string> slug = {};
  std::optional<std::string> tier = {};
  std::optional<Timestamp> granted_until = {};
  std::optional<std::string> customer = {};  ///< found, created, later
  std::optional<std::int64_t> trial_days = {};
  std::optional<Timestamp> stop_at = {};
  std::optional<std::string> checkout_url = {};
  std::optional<Timestamp> checkout_expires_at = {};
};

}  // namespace server

template <>
inline constexpr auto kDescription<server::ImportItem> = Describe(
    Field("place", &server::ImportItem::place, "Where in the file."),
    Field("subscription_id", &server::ImportItem::subscription_id, "At the old provider."),
    Field("outcome", &server::ImportItem::outcome, "What became of it."),
    Field("reason", &server::ImportItem::reason, "Why."),
    Field("organization_id", &server::ImportItem::organization_id, "Whose it is."),
    Field("user_id", &server::ImportItem::user_id, "Whose it is."),
    Field("slug", &server::ImportItem::slug, "Of PRODUCTS."),
    Field("tier", &server::ImportItem::tier, "What they have until then."),
    Field("granted_until", &server::ImportItem::granted_until, "When the grant ends."),
    Field("customer", &server::ImportItem::customer, "At Polar."),
    Field("trial_days", &server::ImportItem::trial_days, "Of the checkout, at least."),
    Field("stop_at", &server::ImportItem::stop_at, "When the old provider has to stop: before its next charge."),
    Field("checkout_url", &server::ImportItem::checkout_url, "To send them."),
    Field("checkout_expires_at", &server::ImportItem::checkout_expires_at, "The link's end."));

}  // namespace plinto::polar
