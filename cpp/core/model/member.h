// A member of a customer: a person who may use a team's portal and seats, where Polar's organization has members.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class MemberRole : std::uint8_t { kOwner, kBillingManager, kMember };
template <>
inline constexpr auto kEnumTexts<MemberRole> = std::to_array<std::string_view>({"owner", "billing_manager", "member"});

struct Member {
  std::string id;
  std::string customer_id;
  std::string email;
  std::optional<std::string> name;
  std::optional<std::string> external_id;
  OpenEnum<MemberRole> role;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Member> = Describe(
    Output("A person who may use a team's portal and seats."), Field("id", &Member::id, "Polar's id.", kUuid),
    Field("customer_id", &Member::customer_id, "The customer that it belongs to.", kUuid),
    Field("email", &Member::email, "Unique within the customer."), Field("name", &Member::name, "May be absent."),
    Field("external_id", &Member::external_id, "The Plinto user."),
    Field("role", &Member::role, "`billing_manager` may change subscriptions, `member` may read."),
    Field("created_at", &Member::created_at, "When it was made."),
    Field("modified_at", &Member::modified_at, "Null until it is changed."));

/// What `POST /v1/customers/{id}/members` takes.
struct MemberCreate {
  std::string email;
  std::optional<std::string> name = {};
  std::optional<std::string> external_id = {};
  std::string role;
};
template <>
inline constexpr auto kDescription<MemberCreate> =
    Describe(Field("email", &MemberCreate::email, "Unique within the customer."),
             Field("name", &MemberCreate::name, "May be absent.", Length(0, 256)),
             Field("external_id", &MemberCreate::external_id, "The Plinto user."),
             Field("role", &MemberCreate::role, "`billing_manager` may change subscriptions, `member` may read."));

/// What `PATCH /v1/customers/{id}/members/{member_id}` takes; what is absent stays.
struct MemberUpdate {
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  std::optional<OpenEnum<MemberRole>> role = {};
};
template <>
inline constexpr auto kDescription<MemberUpdate> =
    Describe(Field("email", &MemberUpdate::email, "Unique within the customer."),
             Field("name", &MemberUpdate::name, "The member's name.", Length(0, 256)),
             Field("role", &MemberUpdate::role, "`owner` hands the customer over."));

}  // namespace plinto::polar
