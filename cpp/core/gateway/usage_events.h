// `POST /usage/batch` of our own API: many usage events in one request, each with a result of its own.
//
// All that are accepted are stored in one transaction before the answer. An event that is refused takes no other with
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/billing/usage_batch.h"
#include "core/gateway/usage.h"

namespace plinto::polar {

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
          "The event's own id: sent again, it is billed once. Give one, or a batch that is sent again is billed again.",
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
                   Constraint{.min_items = 1, .max_items = kMaxBatchEvents}),
             Field("sent_at", &UsageBatchOptions::sent_at,
                   "The sender's clock when it sends: where that is wrong, the events' times are moved by as much."),
             Field("organization_id", &UsageBatchOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct UsageRefusalDetails {
  std::optional<std::string> field;
};
template <>
inline constexpr auto kDescription<UsageRefusalDetails> = Describe(Output("Where an event is wrong."),
                                                                   Field("field", &UsageRefusalDetails::field,
                                                                         "The offending member of the event."));

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
