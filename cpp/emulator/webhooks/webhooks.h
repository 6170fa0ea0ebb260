// Webhooks on their way out: rendered when something happens, signed per attempt, retried on the sender's schedule.
//
// Each of Polar's endpoints gets its own events while it is subscribed and enabled; what happens while it is disabled
// is not stored. Source: Polar's webhook/tasks.py and webhook/service.py. Conekta's webhooks wait in the same queue,
// under rules of their own (conekta/webhooks.h).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/emulator.h"
#include "emulator/machine/random.h"
#include "emulator/table.h"

namespace plinto::polar::emulator {

struct Route;
struct WebhookEndpoint;
struct WebhookEvent;

/// The rules by which a sender delivers.
struct Sending {
  int max_attempts;
  std::int64_t (*backoff_ms)(World& world, int attempts);  ///< How long after so many the next one is made.
  bool (*accepts)(int status);                             ///< What a receiver answers that has got it.
  HttpHeaders (*headers)(const WebhookEndpoint& endpoint, const WebhookEvent& event, Timestamp signed_at);
  bool is_ordered;            ///< The endpoint's earlier events go first, as a best effort.
  int failures_that_disable;  ///< So many failed events in a row switch the endpoint off; 0: never.
};
extern const Sending kPolarSending;

struct WebhookEndpoint {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string url = {};
  std::optional<std::string> name = {};
  std::string secret = {};
  KeyDerivation derivation = KeyDerivation::kWholeText;
  std::vector<std::string> types = {};  ///< Of events that it wants.
  bool enabled = true;
  bool deleted = false;
  int failures_in_a_row = 0;  ///< Finished events that failed, since the last that did not.
  const Sending* sending = &kPolarSending;
};
[[nodiscard]] inline bool IsPolars(const WebhookEndpoint& endpoint) { return endpoint.sending == &kPolarSending; }

struct WebhookEvent {
  enum class State : std::uint8_t { kPending, kHandedOut, kFinished };
  std::string id = {};  ///< `webhook-id`: the same over all attempts.
  std::string endpoint_id = {};
  std::string type = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string body = {};        ///< Frozen: every attempt sends the same bytes.
  const RsaKey* key = nullptr;  ///< By which the caller signs it, if so (Delivery::rsa).
  int attempts = 0;             ///< That have come to an end.
  std::uint64_t turn = 0;       ///< Counts reschedulings; an older job of this event does nothing.
  State state = State::kPending;
  bool skipped = false;  ///< The endpoint was disabled before its turn.
  std::optional<bool> succeeded = {};
  std::optional<int> last_status = {};
  // What a fault does to the attempt that is handed out next.
  bool corrupt = false;
  bool duplicate = false;
  bool faulted = false;  ///< Faults have been considered for this attempt.
};

/// One attempt that has come to its end, as GET /v1/webhooks/deliveries lists it.
struct WebhookAttempt {
  std::string id = {};
  Timestamp created_at = {};
  std::string event_id = {};
  std::string endpoint_id = {};
  bool succeeded = false;
  std::optional<int> status = {};
  std::string response = {};  ///< The answer's body, at most 2,048 characters, or why there was none.
};

struct Webhooks {
  Table<WebhookEndpoint> endpoints;
  std::deque<WebhookEvent> events;
  std::deque<WebhookAttempt> attempts;
  std::vector<std::string> ready;                          ///< Ids of events whose next attempt TakeDue hands out.
  std::unordered_map<std::string, std::string> in_flight;  ///< Attempt -> event.
  std::string held;                                        ///< An event that a reorder fault lets others pass.
  // Streams of their own: these draws depend on when and how receivers answer, and no other id may.
  Random event_ids = Random(0);
  Random attempt_dice = Random(0);  ///< Of ids and of the jitter of retries.

  [[nodiscard]] WebhookEvent* Find(std::string_view event_id);
  [[nodiscard]] const WebhookEvent* Find(std::string_view event_id) const;
};

/// Every type of event that Polar sends, in its document's order.
[[nodiscard]] std::span<const std::string_view> WebhookTypes();

/// Opens the endpoint that the configuration names, if any, for all types.
void OpenEndpoint(World& world);
/// Adds an endpoint and fills in id and times, and a secret where there is none.
WebhookEndpoint& AddEndpoint(World& world, WebhookEndpoint fields);
/// Whether an event of that type would be sent to any endpoint now.
[[nodiscard]] bool HasListener(const World& world, std::string_view type);
/// Renders and queues one event for each enabled endpoint that wants it.
void Emit(World& world, std::string_view type, Json data);
/// Queues one event for one endpoint, whoever's it is. Its id is set by the caller.
void Queue(World& world, WebhookEvent event);
/// Whether its content is gone: at each midnight that of events which are older than 90 days.
[[nodiscard]] bool IsArchived(const World& world, const WebhookEvent& event);
/// Sends an event again: the same id and body. False when there is none of that id.
[[nodiscard]] bool Redeliver(World& world, std::string_view event_id);
/// After an endpoint was switched on again.
void ResetFailures(WebhookEndpoint& endpoint);

/// Hands out what is ready, signed at `signed_at`, by the caller's clock: receivers refuse the times of another one.
[[nodiscard]] std::vector<Delivery> TakeReady(World& world, Timestamp signed_at);
/// Notes what came of an attempt. The event when its receiver has accepted it; null otherwise.
const WebhookEvent* RecordOutcome(World& world, std::string_view delivery_id,
                                  const std::variant<HttpResponse, TransportFault>& outcome);

// Job.
void AttemptDelivery(World& world, std::string_view event_id, std::string_view turn);

[[nodiscard]] std::span<const Route> WebhookRoutes();

}  // namespace plinto::polar::emulator
