// The organization at Polar that sells, for what it has set. Takes the scope `organizations:read`. Errors:
// ParseAnswer's (request.h).
#pragma once

#include "core/model/organization.h"
#include "core/polar/request.h"

namespace plinto::polar {

[[nodiscard]] HttpRequest BuildGetOrganization(const PolarAccount& account, std::string_view id);

[[nodiscard]] Result<Organization> ParseOrganization(const HttpResponse& response);

}  // namespace plinto::polar
