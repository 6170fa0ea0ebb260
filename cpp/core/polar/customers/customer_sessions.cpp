#include "core/polar/customers/customer_sessions.h"

#include "core/polar/answer_part.h"

namespace plinto::polar {

HttpRequest BuildCreateCustomerSession(const PolarAccount& account, const CustomerSessionCreate& session) {
  return BuildBodyRequest(account, "POST", "/v1/customer-sessions/", Encode(session));
}

Result<PortalLink> ParsePortalLink(const HttpResponse& response) { return ParseAnswerPart<PortalLink>(response); }

Result<CustomerSession> ParseCustomerSession(const HttpResponse& response) {
  return ParseAnswer<CustomerSession>(response);
}

}  // namespace plinto::polar
