#include "core/polar/catalog/discounts.h"

namespace plinto::polar {

HttpRequest BuildGetDiscount(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/discounts/" + PercentEncode(id));
}

HttpRequest BuildListDiscounts(const PolarAccount& account, const DiscountQuery& query) {
  return BuildRequest(account, "GET", "/v1/discounts/", Encode(query));
}

Result<Discount> ParseDiscount(const HttpResponse& response) { return ParseUnionAnswer<Discount>(response); }

Result<Page<Discount>> ParseDiscounts(const HttpResponse& response) { return ParseAnswer<Page<Discount>>(response); }

}  // namespace plinto::polar
