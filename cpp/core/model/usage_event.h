// A usage event on its way to Polar, and Polar's answer to a batch of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// Polar has no field for a quantity: it travels as metadata key `quantity`, which a meter sums. The customer is named
/// by the external id, which Polar need not know yet, or by Polar's own, which it must: one of them, not both.
struct UsageEvent {
  std::string name;
  std::optional<std::string> external_customer_id = {};
  std::string external_id = {};
  Timestamp timestamp = {};
  Json metadata = {};
  std::optional<std::string> customer_id = {};
  std::optional<std::string> external_member_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> parent_id = {};
};
template <>
inline constexpr auto kDescription<UsageEvent> = Describe(
    Field("name", &UsageEvent::name, "What happened.", Length(1, 128)),
    Field("external_customer_id", &UsageEvent::external_customer_id, "The Plinto user or organization."),
    Field("external_id", &UsageEvent::external_id, "Polar stores an id once and counts the rest as duplicates."),
    Field("timestamp", &UsageEvent::timestamp, "In the past; Polar bills by the time it receives the event."),
    Field("metadata", &UsageEvent::metadata, "Quantity and properties."),
    Field("customer_id", &UsageEvent::customer_id, "The customer by Polar's id; unknown, the whole batch is refused.",
          kUuid),
    Field("external_member_id", &UsageEvent::external_member_id, "Who of the customer's members, by the Plinto id."),
    Field("member_id", &UsageEvent::member_id, "Who of the customer's members; only beside `customer_id`.", kUuid),
    Field("parent_id", &UsageEvent::parent_id, "The event that it belongs to, by either id."));

/// The body of a request to ingest events, of their JSON texts: `{"events":[...]}`.
[[nodiscard]] std::string JoinUsageEvents(std::span<const std::string_view> events);
/// Bytes of that body without any event.
inline constexpr std::size_t kUsageEnvelopeBytes = std::string_view(R"({"events":[]})").size();

struct UsageIngestAnswer {
  std::int64_t inserted = 0;
  std::optional<std::int64_t> duplicates;
  Json extra;
};
template <>
inline constexpr auto kDescription<UsageIngestAnswer> =
    Describe(Field("inserted", &UsageIngestAnswer::inserted, "Events stored."),
             Field("duplicates", &UsageIngestAnswer::duplicates, "Events whose external id was known."));

}  // namespace plinto::polar
