// A customer session at Polar: one hour of access to the customer portal.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct CustomerSession {
  std::string customer_portal_url;
  Timestamp expires_at;
  std::string customer_id;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerSession> =
    Describe(Field("customer_portal_url", &CustomerSession::customer_portal_url, "Carries the token.", kUrl),
             Field("expires_at", &CustomerSession::expires_at, "One hour after its creation."),
             Field("customer_id", &CustomerSession::customer_id, "Whose it is.", kUuid));

/// What `POST /v1/customer-sessions/` takes.
struct CustomerSessionCreate {
  std::string customer_id;
  std::optional<std::string> external_member_id = {};
  std::optional<std::string> return_url = {};
};
template <>
inline constexpr auto kDescription<CustomerSessionCreate> = Describe(
    Field("customer_id", &CustomerSessionCreate::customer_id, "Whose portal.", kUuid),
    Field("external_member_id", &CustomerSessionCreate::external_member_id, "Required for a team: the Plinto user."),
    Field("return_url", &CustomerSessionCreate::return_url, "The back link's.", kUrl));

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

}  // namespace plinto::polar
