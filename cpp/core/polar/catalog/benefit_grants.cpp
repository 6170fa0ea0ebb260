#include "core/polar/catalog/benefit_grants.h"

namespace plinto::polar {

HttpRequest BuildListBenefitGrants(const PolarAccount& account, const BenefitGrantQuery& query) {
  return BuildRequest(account, "GET", "/v1/benefit-grants/", Encode(query));
}

HttpRequest BuildListGrantsOfBenefit(const PolarAccount& account, std::string_view benefit_id,
                                     const BenefitGrantQuery& query) {
  return BuildRequest(account, "GET", "/v1/benefits/" + PercentEncode(benefit_id) + "/grants", Encode(query));
}

Result<Page<BenefitGrant>> ParseBenefitGrants(const HttpResponse& response) {
  return ParseAnswer<Page<BenefitGrant>>(response);
}

}  // namespace plinto::polar
