#include "core/polar/catalog/benefits.h"

namespace plinto::polar {

HttpRequest BuildGetBenefit(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/benefits/" + PercentEncode(id));
}

HttpRequest BuildListBenefits(const PolarAccount& account, const BenefitQuery& query) {
  return BuildRequest(account, "GET", "/v1/benefits/", Encode(query));
}

Result<Benefit> ParseBenefit(const HttpResponse& response) { return ParseUnionAnswer<Benefit>(response); }

Result<Page<Benefit>> ParseBenefits(const HttpResponse& response) { return ParseAnswer<Page<Benefit>>(response); }

}  // namespace plinto::polar
