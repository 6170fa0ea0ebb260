// `POST /usage` of our own API: one usage event, durable at the server before the answer. Many of them, and their sums,
// are in gateway/usage_events.h and usage_summary.h.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// A double, which Polar reads it as, holds each whole number up to here.
inline constexpr Constraint kUsageQuantity = Range(-9'007'199'254'740'991, 9'007'199'254'740'991);
/// By so much a sender's clock may differ from the server's before their times are moved, and be ahead of it before
/// they are refused.
inline constexpr std::int64_t kSteadyClockMs = 60'000;
inline constexpr std::int64_t kAheadMs = 300'000;
/// Polar's meters count from 2023-01-01 on.
inline constexpr Timestamp kFirstEventTime = Timestamp::FromSeconds(1'672'531'200);

struct PolarUsageOptions {
  std::string event_name;
  std::optional<Decimal> quantity;
  std::optional<Json> properties;
  std::optional<std::string> external_id;
  std::optional<Timestamp> timestamp;
  std::optional<std::string> parent_id;
  std::optional<std::string> member_id;
  std::optional<std::string> organization_id;
};
template <>
inline constexpr auto kDescription<PolarUsageOptions> = Describe(
    Input("Something that was used."),
    Field("event_name", &PolarUsageOptions::event_name, "What happened; a meter at Polar filters on it.",
          Length(1, 128)),
    Field("quantity", &PolarUsageOptions::quantity,
          "How much of it, exact to the last digit; 1 when absent. 0 stays 0. Below 0 it takes usage back, where"
          " USAGE_EVENTS allows it, or with a service key. USAGE_EVENTS may say from where to where.",
          kUsageQuantity),
    Field("properties", &PolarUsageOptions::properties,
          "Travel to Polar as the event's metadata, `_cost` and `_llm` among them."),
    Field("external_id", &PolarUsageOptions::external_id, "The event's own id: sent again, it is billed once.",
          Length(1, 128)),
    Field("timestamp", &PolarUsageOptions::timestamp,
          "When it was used; now when absent. Polar bills it in the period in which it hears of it."),
    Field("parent_id", &PolarUsageOptions::parent_id,
          "The external id of the event that it is a part of, of the same user or organization.", Length(1, 128)),
    Field("member_id", &PolarUsageOptions::member_id,
          "Who of the organization used it: a Plinto user; the signed-in one when absent.", kUuid),
    Field("organization_id", &PolarUsageOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct UsageReceipt {
  std::string event_id;
  std::string event_name;
  Decimal quantity = 1;
  bool reported = false;
};
template <>
inline constexpr auto kDescription<UsageReceipt> =
    Describe(Output("A usage event that the server has stored durably."),
             Field("event_id", &UsageReceipt::event_id, "The event's external id at Polar."),
             Field("event_name", &UsageReceipt::event_name, "As recorded."),
             Field("quantity", &UsageReceipt::quantity, "As recorded."),
             Field("reported", &UsageReceipt::reported, "True once Polar has it; it is stored here in any case."));

/// When the event was used by the server's clock, and not later than now. `sent_at`: the sender's clock when it sent
/// the request. Errors: VALIDATION_FAILED on `timestamp`.
[[nodiscard]] Result<Timestamp> CheckEventTime(Timestamp timestamp, std::optional<Timestamp> sent_at, Timestamp now);

/// Polar's limits on properties, of which the key `quantity` is taken by the quantity. What is in `_cost` and `_llm` is
/// left to CheckUsageEvent(), which a browser does not load. Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] Status CheckUsageOptions(const PolarUsageOptions& request);
/// All that the server asks of an event: `_cost` and `_llm` as well (model/event_metadata.h), and that it is not its
/// own parent. Errors: as above.
[[nodiscard]] Status CheckUsageEvent(const PolarUsageOptions& event);

}  // namespace plinto::polar
