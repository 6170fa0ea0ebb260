#include "core/gateway/usage.h"

#include <algorithm>

#include "core/model/event_metadata.h"
#include "core/model/metadata.h"

namespace plinto::polar {

Status CheckUsageOptions(const PolarUsageOptions& request) {
  if (!request.properties) return Done{};
  const auto* properties = request.properties->get_ptr<const Json::object_t*>();
  if (properties == nullptr) return ValidationError("properties", "Must be an object.");
  if (FindMember(*request.properties, "quantity") != nullptr) {
    return ValidationError("properties.quantity", "Give it as the field `quantity`.");
  }
  if (properties->size() >= kMaxMetadataKeys) {
    return ValidationError("properties", "Must have at most 49 keys.");
  }
  for (const auto& [key, value] : *properties) {
    if (IsOfEventsAlone(key)) continue;
    if (Status status = CheckMetadataMember(key, value); !status) {
      return WithFieldPrefix(std::move(status).error(), "properties");
    }
  }
  return Done{};
}

Status CheckUsageEvent(const PolarUsageOptions& event) {
  if (Status status = CheckUsageOptions(event); !status) return status;
  if (event.parent_id && event.parent_id == event.external_id) {
    return ValidationError("parent_id", "Is the event's own id. Name the event that it is a part of, or leave it out.");
  }
  return event.properties ? CheckEventMetadata(*event.properties, "properties") : Done{};
}

Result<Timestamp> CheckEventTime(Timestamp timestamp, std::optional<Timestamp> sent_at, Timestamp now) {
  // The sender's clock is wrong: the event is as old as the sender says, by the server's.
  const std::int64_t behind_ms = sent_at ? now.Milliseconds() - sent_at->Milliseconds() : 0;
  if (behind_ms > kSteadyClockMs || behind_ms < -kSteadyClockMs) timestamp = timestamp.PlusMilliseconds(behind_ms);
  if (timestamp > now.PlusMilliseconds(kAheadMs)) {
    return ValidationError("timestamp", "Is in the future; it is now " + FormatTimestamp(now) +
                                            " here. Give the time at which it was used, or leave it out.");
  }
  if (timestamp < kFirstEventTime) return ValidationError("timestamp", "Is before 2023, where Polar counts no usage.");
  return std::min(timestamp, now);
}

}  // namespace plinto::polar
