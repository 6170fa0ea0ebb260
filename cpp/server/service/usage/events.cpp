#include "server/service/usage/events.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

Status CheckMayRecord(const Settings& settings, const Credentials& credentials, const std::string& event_name) {
  if (credentials.key || settings.usage_events.contains(event_name)) return Done{};
  return Error{.code = ErrorCode::kUsageEventNotAllowed,
               .message = "End users may not record this event. Add its name to USAGE_EVENTS if they should.",
               .field = "event_name"};
}

std::string PropertiesOf(const PolarUsageOptions& event) {
  return event.properties ? DumpJson(*event.properties) : "{}";
}

UsageRow NewUsageRow(Random& random, Subject subject, const PolarUsageOptions& event, std::string properties,
                     Timestamp now) {
  UsageRow row;
  row.subject = std::move(subject);
  row.external_id = event.external_id ? *event.external_id : UuidFromEntropy(random.Entropy());
  row.event_name = event.event_name;
  row.quantity = event.quantity.value_or(1);
  row.properties = std::move(properties);
  row.created_at = now;
  return row;
}

}  // namespace plinto::polar::server
