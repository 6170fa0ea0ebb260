// `POST /usage/batch` of our own API: many usage events in one request, each with a result of its own.
//
// All that are accepted are stored before the answer. An event that is refused takes no other with it. The body is one
// JSON object, or NDJSON: an event on each line, and what else there is to say in the query.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/billing/usage/usage_batch.h"
#include "core/gateway/usage.h"

namespace plinto::polar {

/// Events of one request. More than go to Polar at once (kMaxBatchEvents): they are on disk first.
inline constexpr std::size_t kMaxPostedEvents = 10'000;
/// Without an id of its own an event is stored together with all of its request, or not at all: sent again, it would be
/// billed twice. Others wait for as long, so of a larger request each event needs one.
inline constexpr std::size_t kMaxPostedWithoutIds = 1'000;

/// As in `POST /usage`, and for whom: an event may name its own subject.
struct BatchedUsageOptions : PolarUsageOptions {
  std::optional<std::string> user_id;
};
template <>
inline constexpr auto kDescription<BatchedUsageOptions> = Describe(
    Input("Something that was used, and by whom."),
    Field("event_name", &BatchedUsageOptions::event_name, "What happened; a meter at Polar filters on it.",
          Length(1, 128)),
    Field("quantity", &BatchedUsageOptions::quantity,
          "How much of it, exact to the last digit; 1 when absent. 0 stays 0. Below 0 it takes usage back, where"
          " USAGE_EVENTS allows it, or with a service key. USAGE_EVENTS may say from where to where.",
          kUsageQuantity),
    Field("properties", &BatchedUsageOptions::properties,
          "Travel to Polar as the event's metadata, `_cost` and `_llm` among them."),
    Field("external_id", &BatchedUsageOptions::external_id,
          "The event's own id: sent again, it is billed once. Give one, or a batch that is sent again is billed again. "
          "Of "
          "more than 1,000 events each needs one.",
          Length(1, 128)),
    Field("timestamp", &BatchedUsageOptions::timestamp,
          "When it was used; now when absent. Polar bills it in the period in which it hears of it."),
    Field("parent_id", &BatchedUsageOptions::parent_id,
          "The external id of the event that it is a part of, of the same user or organization.", Length(1, 128)),
    Field("member_id", &BatchedUsageOptions::member_id,
          "Who of the organization used it: a Plinto user; the signed-in one when absent.", kUuid),
    Field("organization_id", &BatchedUsageOptions::organization_id,
          "The Plinto organization that is billed; the request's subject when absent.", kUuid),
    Field("user_id", &BatchedUsageOptions::user_id, "With a service key: the Plinto user who is billed.", kUuid));

struct UsageBatchOptions {
  std::vector<BatchedUsageOptions> events;
  std::optional<Timestamp> sent_at;
  std::optional<std::string> organization_id;
};
template <>
inline constexpr auto kDescription<UsageBatchOptions> =
    Describe(Input("Usage events to be recorded together."),
             Field("events", &UsageBatchOptions::events, "What was used.",
                   Constraint{.min_items = 1, .max_items = kMaxPostedEvents}),
             Field("sent_at", &UsageBatchOptions::sent_at,
                   "The sender's clock when it sends: where that is wrong, the events' times are moved by as much."),
             Field("organization_id", &UsageBatchOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

/// What stands in the query: of a body of lines, all that is not an event.
struct UsageBatchQuery {
  std::optional<std::string> organization_id;
  std::optional<Timestamp> sent_at;
};
template <>
inline constexpr auto kDescription<UsageBatchQuery> =
    Describe(Input("What the query of a batch says."),
             Field("organization_id", &UsageBatchQuery::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
             Field("sent_at", &UsageBatchQuery::sent_at, "With NDJSON, as `sent_at` of the body with JSON."));

struct UsageRefusalDetails {
  std::optional<std::string> field;
  std::optional<std::int64_t> line = {};
};
template <>
inline constexpr auto kDescription<UsageRefusalDetails> =
    Describe(Output("Where an event is wrong."),
             Field("field", &UsageRefusalDetails::field, "The offending member of the event."),
             Field("line", &UsageRefusalDetails::line, "With NDJSON, the line that it stands on; 1 is the first."));

struct UsageRefusal {
  std::string code;
  std::string message;
  UsageRefusalDetails details;
};
template <>
inline constexpr auto kDescription<UsageRefusal> =
    Describe(Output("Why an event was refused."), Field("code", &UsageRefusal::code, "As of an error answer."),
             Field("message", &UsageRefusal::message, "What is wrong, and what to do."),
             Field("details", &UsageRefusal::details, "Where it is wrong."));

inline constexpr std::string_view kUsageResultTexts[] = {"accepted", "duplicate", "refused"};

struct UsageResult {
  std::string status;
  std::optional<std::string> event_id = {};
  std::optional<UsageRefusal> error = {};
};
template <>
inline constexpr auto kDescription<UsageResult> =
    Describe(Output("What became of one event of a batch."),
             Field("status", &UsageResult::status, "`duplicate`: the subject's event with this id is stored already.",
                   Known(kUsageResultTexts)),
             Field("event_id", &UsageResult::event_id, "The event's external id; absent when it was refused."),
             Field("error", &UsageResult::error, "Why it was refused."));

struct UsageBatchReceipt {
  std::vector<UsageResult> results;
};
template <>
inline constexpr auto kDescription<UsageBatchReceipt> = Describe(Output("What became of a batch."),
                                                                 Field("results", &UsageBatchReceipt::results,
                                                                       "One for each event, in their order."));

}  // namespace plinto::polar
