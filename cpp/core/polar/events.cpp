#include "core/polar/events.h"

namespace plinto::polar {

HttpRequest BuildIngestUsage(const PolarAccount& account, std::span<const std::string_view> events) {
  return BuildTextRequest(account, "POST", "/v1/events/ingest", JoinUsageEvents(events));
}

Result<UsageIngestAnswer> ParseUsageIngestAnswer(const HttpResponse& response) {
  return ParseAnswer<UsageIngestAnswer>(response);
}

}  // namespace plinto::polar
