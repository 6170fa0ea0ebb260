// Balances of customers on meters: read by id and in pages. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/meter.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which balances to list.
struct CustomerMeterQuery {
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::vector<std::string> meter_id = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
};
template <>
inline constexpr auto kDescription<CustomerMeterQuery> =
    Describe(Field("customer_id", &CustomerMeterQuery::customer_id, "Of any of these customers."),
             Field("external_customer_id", &CustomerMeterQuery::external_customer_id, "The same by Plinto ids."),
             Field("meter_id", &CustomerMeterQuery::meter_id, "On any of these meters."),
             Field("page", &CustomerMeterQuery::page, "1 is the first."),
             Field("limit", &CustomerMeterQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &CustomerMeterQuery::sorting, "`-modified_at` is the latest change first."));

[[nodiscard]] HttpRequest BuildGetCustomerMeter(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListCustomerMeters(const PolarAccount& account, const CustomerMeterQuery& query = {});

[[nodiscard]] Result<CustomerMeter> ParseCustomerMeter(const HttpResponse& response);
[[nodiscard]] Result<Page<CustomerMeter>> ParseCustomerMeters(const HttpResponse& response);

}  // namespace plinto::polar
