#include "core/polar/events.h"

namespace plinto::polar {

HttpRequest BuildIngestUsage(const PolarAccount& account, std::span<const UsageEvent> events) {
  Json list = Json::array();
  auto& items = *list.get_ptr<Json::array_t*>();
  items.reserve(events.size());
  for (const UsageEvent& event : events) items.push_back(Encode(event));
  Json body = Json::object();
  SetMember(body, "events", std::move(list));
  return BuildBodyRequest(account, "POST", "/v1/events/ingest", body);
}

Result<UsageIngestAnswer> ParseUsageIngestAnswer(const HttpResponse& response) {
  return ParseAnswer<UsageIngestAnswer>(response);
}

}  // namespace plinto::polar
