#include "emulator/webhooks.h"

#include <algorithm>
#include <array>

#include "core/webhook/signature.h"
#include "emulator/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr int kMaxAttempts = 10;
constexpr int kFailuresThatDisable = 10;
constexpr std::int64_t kMaxBackoffMs = 20 * 60 * 1'000;
constexpr std::int64_t kOrderWaitMs = 300;
constexpr std::int64_t kMaxOrderWaitMs = 60'000;
constexpr std::int64_t kOrderWindowSeconds = 60;
constexpr std::size_t kFinishedKept = 10'000;

constexpr std::array<std::string_view, 41> kEventTypes = {
    "checkout.created",      "checkout.updated",        "checkout.expired",       "customer.created",
    "customer.updated",      "customer.deleted",        "customer.state_changed", "customer_seat.assigned",
    "customer_seat.claimed", "customer_seat.revoked",   "member.created",         "member.updated",
    "member.deleted",        "order.created",           "order.updated",          "order.paid",
    "order.refunded",        "subscription.created",    "subscription.updated",   "subscription.active",
    "subscription.canceled", "subscription.uncanceled", "subscription.cycled",    "subscription.revoked",
    "subscription.past_due", "subscription.paused",     "subscription.resumed",   "refund.created",
    "refund.updated",        "product.created",         "product.updated",        "discount.created",
    "discount.updated",      "discount.deleted",        "organization.updated",   "benefit.created",
    "benefit.updated",       "benefit_grant.created",   "benefit_grant.updated",  "benefit_grant.cycled",
    "benefit_grant.revoked"};

void ScheduleAttempt(World& world, WebhookEvent& event, Timestamp at) {
  ++event.turn;
  world.Schedule(at, {JobKind::kDelivery, event.id, std::to_string(event.turn)});
}

// Earlier events of the last minute that have had no attempt at all; they go first, as a best effort.
std::int64_t CountEarlierUntried(const World& world, const WebhookEvent& event) {
  std::int64_t count = 0;
  const Timestamp window = world.now.PlusSeconds(-kOrderWindowSeconds);
  for (auto it = world.webhooks.events.rbegin(); it != world.webhooks.events.rend(); ++it) {
    if (it->created_at < window) break;
    if (it->created_at < event.created_at && it->attempts == 0 && it->state != WebhookEvent::State::kFinished) ++count;
  }
  return count;
}

std::int64_t BackoffMs(World& world, int attempts) {
  const std::int64_t ceiling = std::min(2'000LL << attempts, static_cast<long long>(kMaxBackoffMs));
  return static_cast<std::int64_t>(static_cast<double>(ceiling) * (0.5 + world.random.Fraction() / 2));
}

void Disable(World& world) {
  world.webhooks.enabled = false;
  world.webhooks.endpoint_modified_at = world.now;
  for (WebhookEvent& event : world.webhooks.events) event.state = WebhookEvent::State::kFinished;
  world.webhooks.ready.clear();
}

void Finish(World& world, WebhookEvent& event, bool succeeded) {
  event.state = WebhookEvent::State::kFinished;
  world.webhooks.failures_in_a_row = succeeded ? 0 : world.webhooks.failures_in_a_row + 1;
  if (world.webhooks.failures_in_a_row >= kFailuresThatDisable) Disable(world);
}

// The first attempt of an event lets the next one go.
void ReleaseNext(World& world) {
  auto& events = world.webhooks.events;
  const auto next = std::find_if(events.begin(), events.end(), [](const WebhookEvent& event) {
    return event.attempts == 0 && event.state != WebhookEvent::State::kFinished;
  });
  if (next != events.end() && next->state == WebhookEvent::State::kPending) ScheduleAttempt(world, *next, world.now);
}

void ForgetOldest(Webhooks& webhooks) {
  while (webhooks.events.size() > kFinishedKept && webhooks.events.front().state == WebhookEvent::State::kFinished) {
    webhooks.events.pop_front();
  }
}

std::string_view ToText(TransportFault fault) {
  switch (fault) {
    case TransportFault::kConnectionRefused:
      return "connection_refused";
    case TransportFault::kNetwork:
      return "network";
    case TransportFault::kTimeout:
      return "timeout";
    case TransportFault::kCanceled:
      return "canceled";
  }
  return "network";
}

// The buyer's page waits until the seller knows.
void TellCheckout(World& world, const WebhookEvent& event) {
  const auto envelope = ParseJson(event.body);
  const Json* data = envelope ? FindMember(*envelope, "data") : nullptr;
  const std::string* id = data == nullptr ? nullptr : FindString(*data, "id");
  if (id != nullptr) NoteCheckoutDelivery(world, *id);
}

HttpHeaders SignedHeaders(const World& world, const WebhookEvent& event, Timestamp signed_at) {
  HttpHeaders headers = {{"user-agent", "polar.sh webhooks"}, {"content-type", "application/json"}};
  const auto secret = WebhookSecret::Parse(world.config.webhook_secret);
  if (!secret) return headers;
  auto signature = SignWebhook(*secret, world.config.derivation, event.id, signed_at, event.body);
  if (!signature) signature = SignWebhook(*secret, KeyDerivation::kWholeText, event.id, signed_at, event.body);
  if (!signature) return headers;
  for (const auto& [name, value] : *signature) headers.Add(name, value);
  return headers;
}

HttpResponse ListEndpoints(World& world, const Call& call) {
  const Webhooks& webhooks = world.webhooks;
  const std::array<bool, 1> one = {true};
  Json types = Json::array();
  for (const std::string_view type : kEventTypes) types.push_back(type);
  return ListAnswer(
      call.query, {}, "created_at", one, [&](bool) { return webhooks.exists; },
      [&](bool) { return webhooks.endpoint_created_at; },
      [&](bool) {
        return Json::object({
            {"created_at", ToJson(webhooks.endpoint_created_at)},
            {"modified_at", OrNull(webhooks.endpoint_modified_at)},
            {"id", webhooks.endpoint_id},
            {"url", world.config.webhook_url},
            {"name", nullptr},
            {"format", "raw"},
            {"secret", world.config.webhook_secret},
            {"organization_id", world.organization.id},
            {"events", types},
            {"enabled", webhooks.enabled},
            {"api_version", "2026-04"},
            {"uses_standard_webhook_signature", world.config.derivation == KeyDerivation::kStandard},
        });
      });
}

}  // namespace

WebhookEvent* Webhooks::Find(std::string_view event_id) {
  // Events that are looked for are young, so the search starts at the end.
  const auto found =
      std::find_if(events.rbegin(), events.rend(), [&](const auto& event) { return event.id == event_id; });
  return found == events.rend() ? nullptr : &*found;
}

void OpenEndpoint(World& world) {
  world.webhooks.endpoint_id = world.random.Uuid();
  world.webhooks.endpoint_created_at = world.now;
  world.webhooks.exists = !world.config.webhook_url.empty();
  world.webhooks.enabled = world.webhooks.exists;
}

void Emit(World& world, std::string_view type, Json data) {
  if (!world.webhooks.enabled) return;
  const Timestamp at = world.Stamp();
  const Json envelope = Json::object({{"type", type}, {"timestamp", ToJson(at)}, {"data", std::move(data)}});
  WebhookEvent& event = world.webhooks.events.emplace_back(
      WebhookEvent{.id = world.random.Uuid(), .type = std::string(type), .created_at = at, .body = DumpJson(envelope)});
  ScheduleAttempt(world, event, world.now);
  ForgetOldest(world.webhooks);
}

void AttemptDelivery(World& world, std::string_view event_id, std::string_view turn) {
  WebhookEvent* event = world.webhooks.Find(event_id);
  if (event == nullptr || event->state != WebhookEvent::State::kPending || std::to_string(event->turn) != turn) return;
  if (const std::int64_t earlier = event->attempts == 0 ? CountEarlierUntried(world, *event) : 0; earlier > 0) {
    const std::int64_t wait = std::min(earlier * kOrderWaitMs, kMaxOrderWaitMs);
    return ScheduleAttempt(world, *event, world.now.PlusMilliseconds(wait));
  }
  event->state = WebhookEvent::State::kHandedOut;
  world.webhooks.ready.push_back(event->id);
}

std::vector<Delivery> TakeReady(World& world, Timestamp signed_at) {
  std::vector<Delivery> deliveries;
  for (const std::string& id : world.webhooks.ready) {
    const WebhookEvent* event = world.webhooks.Find(id);
    if (event == nullptr) continue;
    std::string attempt = id + "#" + std::to_string(event->attempts + 1);
    world.webhooks.in_flight[attempt] = id;
    deliveries.push_back(
        {std::move(attempt), {"POST", world.config.webhook_url, SignedHeaders(world, *event, signed_at), event->body}});
  }
  world.webhooks.ready.clear();
  return deliveries;
}

void RecordOutcome(World& world, std::string_view delivery_id,
                   const std::variant<HttpResponse, TransportFault>& outcome) {
  const auto flight = world.webhooks.in_flight.find(std::string(delivery_id));
  if (flight == world.webhooks.in_flight.end()) return;
  WebhookEvent* event = world.webhooks.Find(flight->second);
  world.webhooks.in_flight.erase(flight);
  if (event == nullptr) return;
  ++event->attempts;
  DeliveryRecord record = {.webhook_id = event->id, .type = event->type, .attempt = event->attempts, .at = world.now};
  const auto* response = std::get_if<HttpResponse>(&outcome);
  const auto* fault = std::get_if<TransportFault>(&outcome);
  if (response != nullptr) record.status = response->status;
  if (fault != nullptr) record.fault = std::string(ToText(*fault));
  world.log.Add(std::move(record));
  const bool succeeded = response != nullptr && response->Succeeded();
  if (succeeded && event->type == "checkout.updated") TellCheckout(world, *event);
  if (event->state == WebhookEvent::State::kFinished) return;  // The endpoint was disabled meanwhile.
  if (succeeded || event->attempts >= kMaxAttempts) {
    Finish(world, *event, succeeded);
  } else {
    event->state = WebhookEvent::State::kPending;
    ScheduleAttempt(world, *event, world.now.PlusMilliseconds(BackoffMs(world, event->attempts)));
  }
  if (world.webhooks.enabled && event->attempts == 1) ReleaseNext(world);
}

std::span<const Route> WebhookRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/webhooks/endpoints", Access::kOrganization, ListEndpoints},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
