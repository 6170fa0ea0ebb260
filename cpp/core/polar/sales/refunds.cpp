#include "core/polar/sales/refunds.h"

namespace plinto::polar {

HttpRequest BuildListRefunds(const PolarAccount& account, const RefundQuery& query) {
  return BuildRequest(account, "GET", "/v1/refunds/", Encode(query));
}

Result<Page<Refund>> ParseRefunds(const HttpResponse& response) { return ParseAnswer<Page<Refund>>(response); }

}  // namespace plinto::polar
