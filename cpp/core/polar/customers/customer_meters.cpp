#include "core/polar/customers/customer_meters.h"

namespace plinto::polar {

HttpRequest BuildGetCustomerMeter(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/customer-meters/" + PercentEncode(id));
}

HttpRequest BuildListCustomerMeters(const PolarAccount& account, const CustomerMeterQuery& query) {
  return BuildRequest(account, "GET", "/v1/customer-meters/", Encode(query));
}

Result<CustomerMeter> ParseCustomerMeter(const HttpResponse& response) { return ParseAnswer<CustomerMeter>(response); }

Result<Page<CustomerMeter>> ParseCustomerMeters(const HttpResponse& response) {
  return ParseAnswer<Page<CustomerMeter>>(response);
}

}  // namespace plinto::polar
