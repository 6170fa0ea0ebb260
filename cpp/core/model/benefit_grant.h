// A benefit granted to a customer or revoked from it.
#pragma once

#include <optional>
#include <string>

#include "core/model/benefit.h"
#include "core/model/customer.h"
#include "core/model/member.h"

namespace plinto::polar {

struct BenefitGrant {
  std::string id;
  std::string customer_id;
  std::optional<std::string> member_id;
  std::string benefit_id;
  bool is_granted = false;
  bool is_revoked = false;
  std::optional<Timestamp> granted_at;
  std::optional<Timestamp> revoked_at;
  std::optional<std::string> subscription_id;
  std::optional<std::string> order_id;
  std::optional<Json> error;
  std::optional<Customer> customer;
  std::optional<Member> member;
  std::optional<Benefit> benefit;
  std::optional<Json> properties;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<BenefitGrant> = Describe(
    Output("A benefit granted to a customer or revoked from it."), Field("id", &BenefitGrant::id, "Polar's id.", kUuid),
    Field("customer_id", &BenefitGrant::customer_id, "Who has it.", kUuid),
    Field("member_id", &BenefitGrant::member_id, "Which member has it, where there are members.", kUuid),
    Field("benefit_id", &BenefitGrant::benefit_id, "What is granted.", kUuid),
    Field("is_granted", &BenefitGrant::is_granted, "It holds now."),
    Field("is_revoked", &BenefitGrant::is_revoked, "It was taken back."),
    Field("granted_at", &BenefitGrant::granted_at, "Since when."),
    Field("revoked_at", &BenefitGrant::revoked_at, "Since when not."),
    Field("subscription_id", &BenefitGrant::subscription_id, "What it comes from.", kUuid),
    Field("order_id", &BenefitGrant::order_id, "What it comes from.", kUuid),
    Field("error", &BenefitGrant::error, "Why granting failed for good: message, type, timestamp."),
    Field("customer", &BenefitGrant::customer, "The customer."), Field("member", &BenefitGrant::member, "The member."),
    Field("benefit", &BenefitGrant::benefit, "The benefit."),
    Field("properties", &BenefitGrant::properties, "What the benefit's kind keeps, such as a license key's id."),
    Field("created_at", &BenefitGrant::created_at, "When it was made."),
    Field("modified_at", &BenefitGrant::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
