// The organization at Polar that sells: the merchant, not the Plinto organization that buys.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"
#include "core/model/subscription_update.h"

namespace plinto::polar {

struct Organization {
  std::string id;
  std::string name;
  std::string slug;
  std::optional<std::string> email;
  std::optional<std::string> website;
  std::optional<std::string> avatar_url;
  std::optional<std::string> status;
  std::optional<std::string> default_presentment_currency;
  std::optional<OpenEnum<Proration>> proration_behavior;
  std::optional<Json> feature_settings;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Organization> =
    Describe(Output("The organization at Polar that sells."), Field("id", &Organization::id, "Polar's id.", kUuid),
             Field("name", &Organization::name, "Shown to buyers."),
             Field("slug", &Organization::slug, "In the portal's address."),
             Field("email", &Organization::email, "Support."), Field("website", &Organization::website, "Its site."),
             Field("avatar_url", &Organization::avatar_url, "Its picture."),
             Field("status", &Organization::status, "Whether it may sell."),
             Field("default_presentment_currency", &Organization::default_presentment_currency, "Lower case."),
             Field("proration_behavior", &Organization::proration_behavior, "Of changes that name none."),
             Field("feature_settings", &Organization::feature_settings, "Which features are on, members among them."),
             Field("created_at", &Organization::created_at, "When it was made."),
             Field("modified_at", &Organization::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
