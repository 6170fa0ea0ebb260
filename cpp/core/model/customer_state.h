// A customer's state as `customer.state_changed` sends it: the only place where grants are listed together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct GrantedBenefit {
  std::string id;
  std::string benefit_id;
  std::string benefit_type;
  std::optional<Timestamp> granted_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<GrantedBenefit> =
    Describe(Field("id", &GrantedBenefit::id, "The grant's id.", kUuid),
             Field("benefit_id", &GrantedBenefit::benefit_id, "The benefit.", kUuid),
             Field("benefit_type", &GrantedBenefit::benefit_type, "`feature_flag`, `custom` ..."),
             Field("granted_at", &GrantedBenefit::granted_at, "Since when."));

struct CustomerState {
  std::string id;
  std::optional<std::string> external_id;
  std::vector<GrantedBenefit> granted_benefits;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerState> =
    Describe(Field("id", &CustomerState::id, "The customer.", kUuid),
             Field("external_id", &CustomerState::external_id, "The Plinto user or organization."),
             Field("granted_benefits", &CustomerState::granted_benefits, "What is granted now, in no fixed order."));

}  // namespace plinto::polar
