// `GET /usage/event` of our own API: what has become of one recorded event. Polar hears of it later than it is
// answered; this tells whether it has.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"
#include "core/foundation/decimal.h"

namespace plinto::polar {

struct UsageEventQuery {
  std::string event_id;
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<UsageEventQuery> =
    Describe(Input("Which event, and of whom."),
             Field("event_id", &UsageEventQuery::event_id, "Its external id, as it was answered.", Length(1, 128)),
             Field("organization_id", &UsageEventQuery::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

inline constexpr std::string_view kUsageStatusTexts[] = {"waiting", "reported", "parked"};
inline constexpr std::string_view kPolarSaidTexts[] = {"inserted", "duplicate"};

struct UsageEventFate {
  std::string event_id;
  std::string event_name;
  Decimal quantity = 1;
  std::string status;
  Timestamp recorded_at;
  std::optional<Timestamp> used_at = {};
  std::optional<Timestamp> reported_at = {};
  std::optional<std::string> polar_said = {};
  std::int64_t failures = 0;
  std::int64_t refusals = 0;
  std::optional<Timestamp> next_attempt_at = {};
  std::optional<Timestamp> parked_at = {};
  std::optional<std::string> reason = {};
};
template <>
inline constexpr auto kDescription<UsageEventFate> = Describe(
    Output("What has become of a recorded event."),
    Field("event_id", &UsageEventFate::event_id, "Its external id, without the subject that goes before it at Polar."),
    Field("event_name", &UsageEventFate::event_name, "As recorded."),
    Field("quantity", &UsageEventFate::quantity, "As recorded."),
    Field("status", &UsageEventFate::status,
          "`reported`: Polar has it. `waiting`: it is sent, or sent again, by itself. `parked`: it was given up and "
          "waits for the operator.",
          Known(kUsageStatusTexts)),
    Field("recorded_at", &UsageEventFate::recorded_at, "When it was stored here."),
    Field("used_at", &UsageEventFate::used_at, "When it was used, where its sender said so."),
    Field("reported_at", &UsageEventFate::reported_at, "When Polar had it: the period in which it is billed."),
    Field("polar_said", &UsageEventFate::polar_said,
          "`duplicate`: Polar had it from an earlier try. Absent where Polar told of a batch in which some were.",
          Known(kPolarSaidTexts)),
    Field("failures", &UsageEventFate::failures, "How often it was sent in vain since it was recorded, or replayed."),
    Field("refusals", &UsageEventFate::refusals, "How often of these Polar refused the event itself."),
    Field("next_attempt_at", &UsageEventFate::next_attempt_at, "When it is sent, or sent again."),
    Field("parked_at", &UsageEventFate::parked_at, "When it was given up."),
    Field("reason", &UsageEventFate::reason, "What stood in the way the last time, in Polar's words or ours."));

}  // namespace plinto::polar
