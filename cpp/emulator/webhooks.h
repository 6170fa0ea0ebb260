// Webhooks on their way out: rendered when something happens, signed per attempt, retried on Polar's schedule.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

struct WebhookEvent {
  enum class State : std::uint8_t { kPending, kHandedOut, kFinished };
  std::string id = {};  ///< `webhook-id`: the same over all attempts.
  std::string type = {};
  Timestamp created_at = {};
  std::string body = {};   ///< Frozen: every attempt sends the same bytes.
  int attempts = 0;        ///< That have come to an end.
  std::uint64_t turn = 0;  ///< Counts reschedulings; an older job of this event does nothing.
  State state = State::kPending;
};

struct Webhooks {
  std::string endpoint_id;
  Timestamp endpoint_created_at;
  std::optional<Timestamp> endpoint_modified_at;
  bool exists = false;
  bool enabled = false;
  int failures_in_a_row = 0;  ///< Finished events that failed, since the last that did not.
  std::deque<WebhookEvent> events;
  std::vector<std::string> ready;                          ///< Ids of events whose next attempt TakeDue hands out.
  std::unordered_map<std::string, std::string> in_flight;  ///< Attempt -> event.

  [[nodiscard]] WebhookEvent* Find(std::string_view event_id);
};

/// Opens the endpoint that the configuration names, if any.
void OpenEndpoint(World& world);
/// Renders and queues one event. While there is no enabled endpoint nothing is stored.
void Emit(World& world, std::string_view type, Json data);

/// Hands out what is ready, signed at `signed_at`: the caller's clock, since receivers refuse a foreign one.
[[nodiscard]] std::vector<Delivery> TakeReady(World& world, Timestamp signed_at);
void RecordOutcome(World& world, std::string_view delivery_id,
                   const std::variant<HttpResponse, TransportFault>& outcome);

// Job.
void AttemptDelivery(World& world, std::string_view event_id, std::string_view turn);

}  // namespace plinto::polar::emulator
