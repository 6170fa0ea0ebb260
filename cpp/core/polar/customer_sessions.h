// Customer sessions: links into the customer portal, good for an hour. Errors: those of ParseAnswer (request.h).
#pragma once

#include "core/model/customer_session.h"
#include "core/polar/request.h"

namespace plinto::polar {

[[nodiscard]] HttpRequest BuildCreateCustomerSession(const PolarAccount& account, const CustomerSessionCreate& session);

[[nodiscard]] Result<CustomerSession> ParseCustomerSession(const HttpResponse& response);

}  // namespace plinto::polar
