// `POST /usage` of our own API: one usage event, durable at the server before the answer. Many of them, and their sums,
// are in gateway/usage_events.h and usage_summary.h.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct PolarUsageOptions {
  std::string event_name;
  std::optional<std::int64_t> quantity;
  std::optional<Json> properties;
  std::optional<std::string> external_id;
  std::optional<std::string> organization_id;
};
template <>
inline constexpr auto kDescription<PolarUsageOptions> =
    Describe(Input("Something that was used."),
             Field("event_name", &PolarUsageOptions::event_name, "What happened; a meter at Polar filters on it.",
                   Length(1, 128)),
             Field("quantity", &PolarUsageOptions::quantity, "How much of it; 1 when absent. 0 stays 0.",
                   Range(0, 9'007'199'254'740'991)),
             Field("properties", &PolarUsageOptions::properties, "Travel to Polar as the event's metadata."),
             Field("external_id", &PolarUsageOptions::external_id, "The event's own id: sent again, it is billed once.",
                   Length(1, 128)),
             Field("organization_id", &PolarUsageOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct UsageReceipt {
  std::string event_id;
  std::string event_name;
  std::int64_t quantity = 1;
  bool reported = false;
};
template <>
inline constexpr auto kDescription<UsageReceipt> =
    Describe(Output("A usage event that the server has stored durably."),
             Field("event_id", &UsageReceipt::event_id, "The event's external id at Polar."),
             Field("event_name", &UsageReceipt::event_name, "As recorded."),
             Field("quantity", &UsageReceipt::quantity, "As recorded."),
             Field("reported", &UsageReceipt::reported, "True once Polar has it; it is stored here in any case."));

/// Polar's limits on properties; the key `quantity` is taken by the quantity.
/// Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] Status CheckUsageOptions(const PolarUsageOptions& request);

}  // namespace plinto::polar
