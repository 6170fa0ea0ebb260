#include "core/polar/catalog/meters.h"

namespace plinto::polar {

HttpRequest BuildGetMeter(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/meters/" + PercentEncode(id));
}

HttpRequest BuildListMeters(const PolarAccount& account, const MeterQuery& query) {
  return BuildRequest(account, "GET", "/v1/meters/", Encode(query));
}

HttpRequest BuildGetMeterQuantities(const PolarAccount& account, std::string_view id,
                                    const MeterQuantitiesQuery& query) {
  return BuildRequest(account, "GET", "/v1/meters/" + PercentEncode(id) + "/quantities", Encode(query));
}

Result<Meter> ParseMeter(const HttpResponse& response) { return ParseAnswer<Meter>(response); }

Result<Page<Meter>> ParseMeters(const HttpResponse& response) { return ParseAnswer<Page<Meter>>(response); }

Result<MeterQuantities> ParseMeterQuantities(const HttpResponse& response) {
  return ParseAnswer<MeterQuantities>(response);
}

}  // namespace plinto::polar
