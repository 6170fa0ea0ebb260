// A usage event on its way to Polar, and Polar's answer to a batch of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// Polar has no field for a quantity: it travels as metadata key `quantity`, which a meter sums.
struct UsageEvent {
  std::string name;
  std::string external_customer_id;
  std::string external_id;
  Timestamp timestamp;
  Json metadata;
};
template <>
inline constexpr auto kDescription<UsageEvent> = Describe(
    Field("name", &UsageEvent::name, "What happened.", Length(1, 128)),
    Field("external_customer_id", &UsageEvent::external_customer_id, "The Plinto user or organization."),
    Field("external_id", &UsageEvent::external_id, "Polar stores an id once and counts the rest as duplicates."),
    Field("timestamp", &UsageEvent::timestamp, "In the past; Polar bills by the time it receives the event."),
    Field("metadata", &UsageEvent::metadata, "Quantity and properties."));

struct UsageIngestAnswer {
  std::int64_t inserted = 0;
  std::optional<std::int64_t> duplicates;
};
template <>
inline constexpr auto kDescription<UsageIngestAnswer> =
    Describe(Field("inserted", &UsageIngestAnswer::inserted, "Events stored."),
             Field("duplicates", &UsageIngestAnswer::duplicates, "Events whose external id was known."));

}  // namespace plinto::polar
