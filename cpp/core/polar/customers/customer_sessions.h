// Customer sessions: links into the customer portal, good for an hour. Errors: those of ParseAnswer (request.h).
#pragma once

#include "core/model/customer_session.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Of a session: what its opener is given. The whole of it bears the customer.
struct PortalLink {
  std::string customer_portal_url;
  Timestamp expires_at;
};
template <>
inline constexpr auto kDescription<PortalLink> =
    Describe(Field("customer_portal_url", &PortalLink::customer_portal_url, "Carries the token.", kUrl),
             Field("expires_at", &PortalLink::expires_at, "One hour after its creation."));

[[nodiscard]] HttpRequest BuildCreateCustomerSession(const PolarAccount& account, const CustomerSessionCreate& session);

/// Read the answer to BuildCreateCustomerSession, in part and whole.
[[nodiscard]] Result<PortalLink> ParsePortalLink(const HttpResponse& response);
[[nodiscard]] Result<CustomerSession> ParseCustomerSession(const HttpResponse& response);

}  // namespace plinto::polar
