#include "emulator/conekta/events.h"

#include <algorithm>
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

// In the order of a webhook in Conekta's public examples. Those that the emulator never sends may be asked for too.
constexpr std::array<std::string_view, 57> kEventTypes = {
    "charge.created",
    "charge.paid",
    "charge.under_fraud_review",
    "charge.fraudulent",
    "charge.refunded",
    "charge.preauthorized",
    "charge.declined",
    "charge.canceled",
    "charge.reversed",
    "charge.pending_confirmation",
    "charge.expired",
    "charge.score_updated",
    "charge.chargeback.created",
    "charge.chargeback.updated",
    "charge.chargeback.under_review",
    "charge.chargeback.lost",
    "charge.chargeback.won",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.payment_source.card.blocked",
    "webhook.created",
    "webhook.updated",
    "webhook.deleted",
    "webhook_ping",
    "order.created",
    "order.updated",
    "order.pending_payment",
    "order.paid",
    "order.expired",
    "order.canceled",
    "order.declined",
    "order.pre_authorized",
    "order.voided",
    "order.refunded",
    "order.partially_refunded",
    "order.charged_back",
    "order.fraudulent",
    "order.under_fraud_review",
    "plan.created",
    "plan.updated",
    "plan.deleted",
    "subscription.created",
    "subscription.updated",
    "subscription.paid",
    "subscription.payment_failed",
    "subscription.paused",
    "subscription.resumed",
    "subscription.canceled",
    "subscription.expired",
    "receipt.created",
    "payout.created",
    "payout.paid_out",
    "cash_refund.created",
    "cash_refund.canceled",
    "cash_refund.refunded",
    "cash_refund.expired",
};
constexpr std::size_t kEventsKept = 10'000;

bool Wants(const WebhookEndpoint& endpoint, std::string_view type) {
  return std::find(endpoint.types.begin(), endpoint.types.end(), type) != endpoint.types.end();
}

// The body of every attempt, as it is when the event happens.
std::string EnvelopeOf(const Event& event) {
  return DumpJson(Json::object({{"data", event.data},
                                {"livemode", false},
                                {"webhook_status", "pending"},
                                {"webhook_logs", Json::array()},
                                {"id", event.id},
                                {"object", "event"},
                                {"type", event.type},
                                {"created_at", ToSeconds(event.created_at)}}));
}

std::string QueuedId(const Event& event, const WebhookEndpoint& endpoint) { return event.id + "." + endpoint.id; }

void QueueFor(World& world, const Event& event, const WebhookEndpoint& endpoint) {
  Queue(world, {.id = QueuedId(event, endpoint),
                .endpoint_id = endpoint.id,
                .type = event.type,
                .created_at = world.Stamp(),
                .body = EnvelopeOf(event),
                .key = NextKey(world)});
}

// What a receiver answered, where it is an object: the rest is nobody's matter.
Json RenderLog(const World& world, const WebhookEvent& queued, const WebhookEndpoint& endpoint) {
  Json response = Json::object();
  std::optional<Timestamp> last;
  for (const WebhookAttempt& attempt : world.webhooks.attempts) {
    if (attempt.event_id != queued.id) continue;
    last = attempt.created_at;
    const Result<Json> body = ParseJson(attempt.response);
    response = body && body->is_object() ? *body : Json::object();
  }
  const bool succeeded = queued.succeeded.value_or(false);
  return Json::object({{"id", "webhl_" + queued.id.substr(0, queued.id.find('.'))},
                       {"url", endpoint.url},
                       {"failed_attempts", queued.attempts - (succeeded ? 1 : 0)},
                       {"last_http_response_status", queued.last_status.value_or(-1)},
                       {"response_data", std::move(response)},
                       {"object", "webhook_log"},
                       {"last_attempted_at", SecondsOrNull(last)}});
}

HttpResponse ListEvents(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.conekta.events,
      [&](const Event& one) {
        return AdmitsText(call, "type", one.type) && AdmitsSearch(call, {one.id, one.type, one.subject});
      },
      [&](const Event& one) { return RenderEvent(world, one); });
}

template <class Act>
HttpResponse WithEvent(World& world, const Call& call, Act act) {
  const auto& events = world.conekta.events;
  const auto found =
      std::find_if(events.rbegin(), events.rend(), [&](const Event& event) { return event.id == call.path[0]; });
  return found == events.rend() ? NotFound(world, call.request, "Event", call.path[0]) : act(*found);
}

HttpResponse ReadEvent(World& world, const Call& call) {
  return WithEvent(world, call, [&](const Event& event) { return JsonAnswer(200, RenderEvent(world, event)); });
}

HttpResponse ResendEvent(World& world, const Call& call) {
  return WithEvent(world, call, [&](const Event& event) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"webhooks_ids"});
    const auto ids = body.Require("webhooks_ids") ? body.Texts("webhooks_ids") : std::nullopt;
    if (ids && ids->empty()) body.Refuse("webhooks_ids", {"debe nombrar un webhook", "must name a webhook"});
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    for (const std::string& id : *ids) {
      if (FindWebhook(world, id) == nullptr) return NotFound(world, call.request, "Webhook", id);
    }
    Json log = nullptr;
    for (const std::string& id : *ids) {
      const WebhookEndpoint& endpoint = *FindWebhook(world, id);
      const std::string queued = QueuedId(event, endpoint);
      if (world.webhooks.Find(queued) == nullptr) {
        QueueFor(world, event, endpoint);
      } else {
        (void)Redeliver(world, queued);
      }
      if (log.is_null()) log = RenderLog(world, *world.webhooks.Find(queued), endpoint);
    }
    return JsonAnswer(200, log);
  });
}

}  // namespace

std::span<const std::string_view> EventTypes() { return kEventTypes; }

void Tell(World& world, std::string_view type, Json object, Json previous) {
  TellData(world, type, Json::object({{"object", std::move(object)}, {"previous_attributes", std::move(previous)}}),
           "");
}

void TellData(World& world, std::string_view type, Json data, std::string_view webhook_id) {
  const Json* object = FindMember(data, "object");
  const std::string* subject = object == nullptr ? nullptr : FindString(*object, "id");
  Event& event = world.conekta.events.emplace_back(Event{.id = NewHexId(world),
                                                         .type = std::string(type),
                                                         .created_at = world.now,
                                                         .data = std::move(data),
                                                         .subject = subject == nullptr ? "" : *subject});
  for (const WebhookEndpoint& endpoint : world.webhooks.endpoints) {
    if (IsPolars(endpoint) || endpoint.deleted) continue;
    const bool is_meant =
        webhook_id.empty() ? endpoint.enabled && Wants(endpoint, event.type) : endpoint.id == webhook_id;
    if (is_meant) QueueFor(world, event, endpoint);
  }
  if (world.conekta.events.size() > kEventsKept) world.conekta.events.pop_front();
}

Json RenderEvent(const World& world, const Event& event) {
  Json logs = Json::array();
  bool all_arrived = true;
  for (const WebhookEndpoint& endpoint : world.webhooks.endpoints) {
    if (IsPolars(endpoint)) continue;
    const WebhookEvent* queued = world.webhooks.Find(QueuedId(event, endpoint));
    if (queued == nullptr) continue;
    all_arrived = all_arrived && queued->succeeded.value_or(false);
    logs.push_back(RenderLog(world, *queued, endpoint));
  }
  const std::string_view status = logs.empty() ? "not_applicable" : all_arrived ? "successful" : "pending";
  return Json::object({{"data", event.data},
                       {"livemode", false},
                       {"webhook_status", status},
                       {"webhook_logs", std::move(logs)},
                       {"id", event.id},
                       {"object", "event"},
                       {"type", event.type},
                       {"created_at", ToSeconds(event.created_at)}});
}

std::span<const Route> EventRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/conekta/events", Access::kOrganization, ListEvents},
      Route{"GET", "/conekta/events/{id}", Access::kOrganization, ReadEvent},
      Route{"POST", "/conekta/events/{id}/resend", Access::kOrganization, ResendEvent},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
