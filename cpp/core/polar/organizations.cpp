#include "core/polar/organizations.h"

namespace plinto::polar {

HttpRequest BuildGetOrganization(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/organizations/" + PercentEncode(id));
}

Result<Organization> ParseOrganization(const HttpResponse& response) { return ParseAnswer<Organization>(response); }

}  // namespace plinto::polar
