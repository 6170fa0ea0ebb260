#include "emulator/webhooks/webhooks.h"

#include <algorithm>
#include <array>

#include "core/webhook/event_names.h"
#include "core/webhook/signature.h"
#include "emulator/machine/transport_faults.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxBackoffMs = 20 * 60 * 1'000;
constexpr std::int64_t kOrderWaitMs = 300;
constexpr std::int64_t kMaxOrderWaitMs = 60'000;
constexpr std::int64_t kOrderWindowSeconds = 60;
constexpr std::size_t kFinishedKept = 10'000;
constexpr std::size_t kAttemptsKept = 10'000;
constexpr std::size_t kResponseKept = 2'048;
constexpr std::int64_t kLongestHoldMs = 10'000;
constexpr std::int64_t kDaySeconds = 24 * 3'600;
constexpr std::int64_t kKeptDays = 90;

// Polar sends it when it migrates subscriptions from elsewhere. The emulator never does, and the 0.47 line of Polar's
// client refuses an endpoint that lists it.
constexpr std::string_view kNeverSent = "subscription.migrated";

void ScheduleAttempt(World& world, WebhookEvent& event, Timestamp at) {
  ++event.turn;
  world.Schedule(at, {JobKind::kDelivery, event.id, std::to_string(event.turn)});
}

// Earlier events of the endpoint's last minute that have had no attempt at all; they go first, as a best effort.
std::int64_t CountEarlierUntried(const World& world, const WebhookEvent& event) {
  std::int64_t count = 0;
  const Timestamp window = world.now.PlusSeconds(-kOrderWindowSeconds);
  for (auto it = world.webhooks.events.rbegin(); it != world.webhooks.events.rend(); ++it) {
    if (it->created_at < window) break;
    if (it->endpoint_id != event.endpoint_id || it->id == world.webhooks.held) continue;
    if (it->created_at < event.created_at && it->attempts == 0 && it->state != WebhookEvent::State::kFinished) ++count;
  }
  return count;
}

std::int64_t PolarBackoffMs(World& world, int attempts) {
  const std::int64_t ceiling = std::min(2'000LL << std::min(attempts, 20), static_cast<long long>(kMaxBackoffMs));
  return static_cast<std::int64_t>(static_cast<double>(ceiling) * (0.5 + world.webhooks.attempt_dice.Fraction() / 2));
}

void Disable(World& world, WebhookEndpoint& endpoint) {
  endpoint.enabled = false;
  endpoint.modified_at = world.now;
  for (WebhookEvent& event : world.webhooks.events) {
    if (event.endpoint_id != endpoint.id || event.state == WebhookEvent::State::kFinished) continue;
    event.state = WebhookEvent::State::kFinished;
    event.skipped = true;
  }
}

void Finish(World& world, WebhookEndpoint& endpoint, WebhookEvent& event, bool succeeded) {
  event.state = WebhookEvent::State::kFinished;
  event.succeeded = succeeded;
  endpoint.failures_in_a_row = succeeded ? 0 : endpoint.failures_in_a_row + 1;
  const int most = endpoint.sending->failures_that_disable;
  if (most != 0 && endpoint.enabled && endpoint.failures_in_a_row >= most) Disable(world, endpoint);
}

// The first attempt of an event lets the endpoint's next one go.
void ReleaseNext(World& world, std::string_view endpoint_id) {
  for (WebhookEvent& event : world.webhooks.events) {
    if (event.endpoint_id != endpoint_id || event.attempts != 0 || event.id == world.webhooks.held) continue;
    if (event.state == WebhookEvent::State::kFinished) continue;
    if (event.state == WebhookEvent::State::kPending) ScheduleAttempt(world, event, world.now);
    return;
  }
}

template <class Rows, class MayGo>
void ForgetOldest(Rows& rows, std::size_t most, MayGo may_go) {
  while (rows.size() > most && may_go(rows.front())) rows.pop_front();
}

HttpHeaders PolarHeaders(const WebhookEndpoint& endpoint, const WebhookEvent& event, Timestamp signed_at) {
  HttpHeaders headers = {{"user-agent", "polar.sh webhooks"}, {"content-type", "application/json"}};
  const auto secret = WebhookSecret::Parse(endpoint.secret);
  if (!secret) return headers;
  auto signature = SignWebhook(*secret, endpoint.derivation, event.id, signed_at, event.body);
  if (!signature) signature = SignWebhook(*secret, KeyDerivation::kWholeText, event.id, signed_at, event.body);
  if (!signature) return headers;
  for (const auto& [name, value] : *signature) headers.Add(name, value);
  return headers;
}

// A damaged body: still JSON, but no longer what was signed.
std::string Damaged(std::string body) {
  if (!body.empty()) body.insert(body.size() - 1, ",\"corrupted\":true");
  return body;
}

void NoteAttempt(World& world, const WebhookEvent& event, bool succeeded, std::optional<int> status,
                 std::string response) {
  if (response.size() > kResponseKept) response.resize(kResponseKept);
  world.webhooks.attempts.push_back({.id = world.webhooks.attempt_dice.Uuid(),
                                     .created_at = world.now,
                                     .event_id = event.id,
                                     .endpoint_id = event.endpoint_id,
                                     .succeeded = succeeded,
                                     .status = status,
                                     .response = std::move(response)});
  ForgetOldest(world.webhooks.attempts, kAttemptsKept, [](const WebhookAttempt&) { return true; });
}

// True when the attempt is not made now, because a fault has delayed or dropped it.
bool Strike(World& world, WebhookEvent& event) {
  event.faulted = true;
  if (world.faults.StrikeDelivery(FaultKind::kDrop, event.type)) {
    // Polar believes that it arrived.
    event.attempts += 1;
    event.last_status = 200;
    NoteAttempt(world, event, true, 200, "dropped by a fault");
    world.log.Add(DeliveryRecord{event.id, event.type, event.attempts, world.now, 0, "dropped"});
    if (WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(event.endpoint_id)) {
      Finish(world, *endpoint, event, true);
      ReleaseNext(world, endpoint->id);
    }
    return true;
  }
  if (const auto delay = world.faults.StrikeDelivery(FaultKind::kDelay, event.type)) {
    ScheduleAttempt(world, event, world.now.PlusMilliseconds(delay->delay_ms));
    return true;
  }
  if (event.attempts == 0 && world.webhooks.held.empty() &&
      world.faults.StrikeDelivery(FaultKind::kReorder, event.type)) {
    world.webhooks.held = event.id;
    ReleaseNext(world, event.endpoint_id);
    ScheduleAttempt(world, event, world.now.PlusMilliseconds(kLongestHoldMs));
    return true;
  }
  // A retry is sent undamaged.
  event.corrupt = event.attempts == 0 && world.faults.StrikeDelivery(FaultKind::kCorrupt, event.type).has_value();
  event.duplicate = world.faults.StrikeDelivery(FaultKind::kDuplicate, event.type).has_value();
  return false;
}

}  // namespace

const Sending kPolarSending = {.max_attempts = 10,
                               .backoff_ms = PolarBackoffMs,
                               .accepts = [](int status) { return status >= 200 && status < 300; },
                               .headers = PolarHeaders,
                               .is_ordered = true,
                               .failures_that_disable = 10};

std::span<const std::string_view> WebhookTypes() { return kWebhookEventNames; }

WebhookEvent* Webhooks::Find(std::string_view event_id) {
  // Most searches are for young events, so the search starts at the end.
  const auto found =
      std::find_if(events.rbegin(), events.rend(), [&](const auto& event) { return event.id == event_id; });
  return found == events.rend() ? nullptr : &*found;
}

const WebhookEvent* Webhooks::Find(std::string_view event_id) const {
  const auto found =
      std::find_if(events.rbegin(), events.rend(), [&](const auto& event) { return event.id == event_id; });
  return found == events.rend() ? nullptr : &*found;
}

WebhookEndpoint& AddEndpoint(World& world, WebhookEndpoint fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  if (fields.secret.empty()) fields.secret = world.random.Token("whsec_");
  return world.webhooks.endpoints.Add(std::move(fields));
}

void OpenEndpoint(World& world) {
  std::string id = world.random.Uuid();  // Drawn in any case: other ids do not depend on the endpoint.
  if (world.config.webhook_url.empty()) return;
  std::vector<std::string> types;
  for (const std::string_view type : kWebhookEventNames) {
    if (type != kNeverSent) types.emplace_back(type);
  }
  world.webhooks.endpoints.Add({.id = std::move(id),
                                .created_at = world.now,
                                .url = world.config.webhook_url,
                                .secret = world.config.webhook_secret,
                                .derivation = world.config.derivation,
                                .types = std::move(types)});
}

bool HasListener(const World& world, std::string_view type) {
  return world.webhooks.endpoints.FindIf([&](const WebhookEndpoint& endpoint) {
    const bool wants = std::find(endpoint.types.begin(), endpoint.types.end(), type) != endpoint.types.end();
    return endpoint.enabled && !endpoint.deleted && IsPolars(endpoint) && wants;
  }) != nullptr;
}

void Emit(World& world, std::string_view type, Json data) {
  const Timestamp at = world.Stamp();
  std::string body;
  for (const WebhookEndpoint& endpoint : world.webhooks.endpoints) {
    const bool wants = std::find(endpoint.types.begin(), endpoint.types.end(), type) != endpoint.types.end();
    if (endpoint.deleted || !IsPolars(endpoint) || !wants) continue;
    std::string id = world.webhooks.event_ids.Uuid();  // Drawn in any case: whether it is enabled is up to its answers.
    if (!endpoint.enabled) continue;
    if (body.empty()) {
      body = DumpJson(Json::object({{"type", type}, {"timestamp", ToJson(at)}, {"data", std::move(data)}}));
    }
    Queue(world,
          {.id = std::move(id), .endpoint_id = endpoint.id, .type = std::string(type), .created_at = at, .body = body});
  }
}

void Queue(World& world, WebhookEvent event) {
  ScheduleAttempt(world, world.webhooks.events.emplace_back(std::move(event)), world.now);
  ForgetOldest(world.webhooks.events, kFinishedKept,
               [](const WebhookEvent& one) { return one.state == WebhookEvent::State::kFinished; });
}

bool IsArchived(const World& world, const WebhookEvent& event) {
  const Timestamp midnight = Timestamp::FromSeconds(world.now.Seconds() / kDaySeconds * kDaySeconds);
  return event.created_at < midnight.PlusSeconds(-kKeptDays * kDaySeconds);
}

bool Redeliver(World& world, std::string_view event_id) {
  WebhookEvent* event = world.webhooks.Find(event_id);
  if (event == nullptr) return false;
  const WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(event->endpoint_id);
  // As Polar: accepted, but nothing is sent to an endpoint that is off, nor of an event whose content is gone.
  if (endpoint == nullptr || !endpoint->enabled || endpoint->deleted || IsArchived(world, *event)) return true;
  if (event->state == WebhookEvent::State::kHandedOut) return true;
  event->skipped = false;
  event->state = WebhookEvent::State::kPending;
  ScheduleAttempt(world, *event, world.now);
  return true;
}

void ResetFailures(WebhookEndpoint& endpoint) { endpoint.failures_in_a_row = 0; }

void AttemptDelivery(World& world, std::string_view event_id, std::string_view turn) {
  WebhookEvent* event = world.webhooks.Find(event_id);
  if (event == nullptr || event->state != WebhookEvent::State::kPending || std::to_string(event->turn) != turn) return;
  if (world.webhooks.held == event->id) world.webhooks.held.clear();
  const WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(event->endpoint_id);
  const bool waits = event->attempts == 0 && (endpoint == nullptr || endpoint->sending->is_ordered);
  if (const std::int64_t earlier = waits ? CountEarlierUntried(world, *event) : 0; earlier > 0) {
    const std::int64_t wait = std::min(earlier * kOrderWaitMs, kMaxOrderWaitMs);
    return ScheduleAttempt(world, *event, world.now.PlusMilliseconds(wait));
  }
  if (!event->faulted && Strike(world, *event)) return;
  event->state = WebhookEvent::State::kHandedOut;
  world.webhooks.ready.push_back(event->id);
}

std::vector<Delivery> TakeReady(World& world, Timestamp signed_at) {
  std::vector<Delivery> deliveries;
  for (const std::string& id : world.webhooks.ready) {
    WebhookEvent* event = world.webhooks.Find(id);
    if (event == nullptr || event->state != WebhookEvent::State::kHandedOut) continue;
    const WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(event->endpoint_id);
    if (endpoint == nullptr) continue;
    std::string attempt = id + "#" + std::to_string(event->attempts + 1);
    HttpRequest request = {"POST", endpoint->url, endpoint->sending->headers(*endpoint, *event, signed_at),
                           event->corrupt ? Damaged(event->body) : event->body};
    std::optional<RsaSignature> rsa;
    if (event->key != nullptr) rsa = {event->key->private_pem, event->body};
    // The copy's outcome is ignored: its name is not in flight.
    if (event->duplicate) deliveries.push_back({attempt + "+", request, rsa});
    world.webhooks.in_flight[attempt] = id;
    deliveries.push_back({std::move(attempt), std::move(request), std::move(rsa)});
    event->corrupt = false;
    event->duplicate = false;
  }
  world.webhooks.ready.clear();
  return deliveries;
}

const WebhookEvent* RecordOutcome(World& world, std::string_view delivery_id,
                                  const std::variant<HttpResponse, TransportFault>& outcome) {
  const auto flight = world.webhooks.in_flight.find(std::string(delivery_id));
  if (flight == world.webhooks.in_flight.end()) return nullptr;
  WebhookEvent* event = world.webhooks.Find(flight->second);
  world.webhooks.in_flight.erase(flight);
  if (event == nullptr) return nullptr;
  ++event->attempts;
  event->faulted = false;
  event->modified_at = world.now;
  DeliveryRecord record = {.webhook_id = event->id, .type = event->type, .attempt = event->attempts, .at = world.now};
  const auto* response = std::get_if<HttpResponse>(&outcome);
  const auto* fault = std::get_if<TransportFault>(&outcome);
  if (response != nullptr) record.status = response->status;
  if (fault != nullptr) record.fault = std::string(WordOf(*fault));
  WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(event->endpoint_id);
  const Sending& sending = endpoint == nullptr ? kPolarSending : *endpoint->sending;
  const bool succeeded = response != nullptr && sending.accepts(response->status);
  NoteAttempt(world, *event, succeeded, response == nullptr ? std::nullopt : std::optional(response->status),
              response == nullptr ? record.fault : response->body);
  event->last_status = response == nullptr ? std::nullopt : std::optional(response->status);
  world.log.Add(std::move(record));
  const WebhookEvent* arrived = succeeded ? event : nullptr;
  // The endpoint was disabled or removed meanwhile.
  if (endpoint == nullptr || event->state == WebhookEvent::State::kFinished) return arrived;
  if (succeeded || event->attempts >= sending.max_attempts) {
    Finish(world, *endpoint, *event, succeeded);
  } else {
    event->state = WebhookEvent::State::kPending;
    ScheduleAttempt(world, *event, world.now.PlusMilliseconds(sending.backoff_ms(world, event->attempts)));
  }
  if (endpoint->enabled && event->attempts == 1) {
    if (!world.webhooks.held.empty()) {
      // One has passed the held event: now it may go.
      if (WebhookEvent* held = world.webhooks.Find(world.webhooks.held)) ScheduleAttempt(world, *held, world.now);
      return arrived;
    }
    if (sending.is_ordered) ReleaseNext(world, endpoint->id);
  }
  return arrived;
}

}  // namespace plinto::polar::emulator
