// A customer session at Polar: one hour of access to the customer portal.
#pragma once

#include <optional>
#include <string>

#include "core/model/customer.h"

namespace plinto::polar {

/// `token` opens the portal's API: as secret as a password, for its hour.
struct CustomerSession {
  std::string customer_portal_url;
  Timestamp expires_at;
  std::string customer_id;
  std::optional<std::string> id;
  std::optional<std::string> token;
  std::optional<std::string> return_url;
  std::optional<Customer> customer;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerSession> =
    Describe(Field("customer_portal_url", &CustomerSession::customer_portal_url, "Carries the token.", kUrl),
             Field("expires_at", &CustomerSession::expires_at, "One hour after its creation."),
             Field("customer_id", &CustomerSession::customer_id, "Whose it is.", kUuid),
             Field("id", &CustomerSession::id, "Polar's id.", kUuid),
             Field("token", &CustomerSession::token, "Begins with `polar_cst_`, or `polar_mst_` for a member."),
             Field("return_url", &CustomerSession::return_url, "The back link's."),
             Field("customer", &CustomerSession::customer, "The customer."));

/// What `POST /v1/customer-sessions/` takes: the customer by Polar's id or by the external id, not both; for a team
/// also one of its members.
struct CustomerSessionCreate {
  std::optional<std::string> customer_id = {};
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> external_member_id = {};
  std::optional<std::string> return_url = {};
};
template <>
inline constexpr auto kDescription<CustomerSessionCreate> = Describe(
    Field("customer_id", &CustomerSessionCreate::customer_id, "Whose portal.", kUuid),
    Field("external_customer_id", &CustomerSessionCreate::external_customer_id, "Whose portal, by the Plinto id."),
    Field("member_id", &CustomerSessionCreate::member_id, "Which member of a team.", kUuid),
    Field("external_member_id", &CustomerSessionCreate::external_member_id, "Required for a team: the Plinto user."),
    Field("return_url", &CustomerSessionCreate::return_url, "The back link's.", kUrl));

}  // namespace plinto::polar
