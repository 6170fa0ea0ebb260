#include "server/service/deliveries/routes.h"

#include <array>

#include "core/webhook/envelope.h"
#include "core/webhook/signature.h"
#include "server/service/caller/context.h"
#include "server/service/deliveries/conekta_events.h"
#include "server/service/deliveries/inbox.h"
#include "server/service/deliveries/plinto_events.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kLongestId = 255;  // an index of PostgreSQL's takes ten times as much

/// Errors: those of VerifyWebhook(); VALIDATION_FAILED for an id that cannot be stored.
Result<WebhookRow> ReadDelivery(const Settings& settings, const HttpRequest& request, Timestamp now) {
  Result<VerifiedDelivery> verified = VerifyWebhook(settings.webhook_secrets, request.headers, request.body, now);
  if (!verified) return std::move(verified).error();
  if (verified->id.size() > kLongestId) return ValidationError("webhook-id", "Must have at most 255 bytes.");
  if (!IsStorable(verified->id)) return ValidationError("webhook-id", "Must be UTF-8. Polar's are UUIDs.");
  const Result<WebhookEnvelope> event = ReadWebhookEnvelope(request.body);
  WebhookRow row;
  row.source = WebhookSource::kPolar;
  row.event_id = verified->id;
  row.event_type = event ? event->type : "unreadable";
  return row;
}

Task<Result<HttpResponse>> PostWebhook(Shared& shared, Context context) {
  const Timestamp now = shared.host.clock.Now();
  auto read = [&] { return ReadDelivery(shared.settings, context.request, now); };
  Result<WebhookRow> delivery = co_await RunBeside(shared.host.workers, context.request.body.size(), read);
  if (!delivery) co_return std::move(delivery).error();
  WebhookRow row = *std::move(delivery);
  row.payload = std::move(context.request.body);
  co_return co_await KeepDelivery(shared, std::move(row));
}

Task<Result<HttpResponse>> PostConektaEvent(Shared& shared, Context context) {
  auto read = [&] { return ReadConektaDelivery(shared.settings.conekta_webhook_keys, context.request); };
  Result<WebhookRow> delivery = co_await RunBeside(shared.host.workers, context.request.body.size(), read);
  if (!delivery) co_return std::move(delivery).error();
  WebhookRow row = *std::move(delivery);
  row.payload = std::move(context.request.body);
  // Conekta takes nothing else for an acknowledgment.
  co_return co_await KeepDelivery(shared, std::move(row), 200);
}

Task<Result<HttpResponse>> PostPlintoEvent(Shared& shared, Context context) {
  if (shared.settings.plinto_webhook_secret.empty()) {
    co_return Error{.code = ErrorCode::kNotFound,
                    .message = "Plinto's events are not taken here. Set PLINTO_WEBHOOK_SECRET to take them."};
  }
  const std::string* signature = context.request.headers.Find("x-webhook-signature");
  auto read = [&] {
    return ReadPlintoEvent(shared.settings.plinto_webhook_secret,
                           signature == nullptr ? std::string_view() : *signature, context.request.body);
  };
  Result<PlintoEvent> event = co_await RunBeside(shared.host.workers, context.request.body.size(), read);
  if (!event) co_return std::move(event).error();
  co_return co_await KeepDelivery(shared, PlintoDelivery(*std::move(event), shared.host.clock.Now()));
}

}  // namespace

std::span<const Route> DeliveryRoutes() {
  static constexpr std::array kDeliveryRoutes = {Route{Operation::kReceivePolarWebhook, PostWebhook},
                                                 Route{Operation::kReceiveConektaWebhook, PostConektaEvent},
                                                 Route{Operation::kReceivePlintoEvent, PostPlintoEvent}};
  return kDeliveryRoutes;
}

}  // namespace plinto::polar::server
