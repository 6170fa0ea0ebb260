#include "server/service/deliveries/routes.h"

#include <array>

#include "core/webhook/envelope.h"
#include "core/webhook/signature.h"
#include "server/service/caller/context.h"
#include "server/service/deliveries/inbox.h"
#include "server/service/deliveries/plinto_events.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kLongestId = 255;  // an index of PostgreSQL's takes ten times as much

Task<Result<HttpResponse>> PostWebhook(Shared& shared, Context context) {
  Result<VerifiedDelivery> verified = VerifyWebhook(shared.settings.webhook_secrets, context.request.headers,
                                                    context.request.body, shared.host.clock.Now());
  if (!verified) co_return std::move(verified).error();
  if (verified->id.size() > kLongestId) co_return ValidationError("webhook-id", "Must have at most 255 bytes.");
  if (!IsStorable(verified->id)) co_return ValidationError("webhook-id", "Must be UTF-8. Polar's are UUIDs.");
  const Result<WebhookEnvelope> event = ReadWebhookEnvelope(context.request.body);
  WebhookRow row;
  row.source = WebhookSource::kPolar;
  row.event_id = verified->id;
  row.event_type = event ? event->type : "unreadable";
  row.payload = std::move(context.request.body);
  co_return co_await KeepDelivery(shared, std::move(row));
}

Task<Result<HttpResponse>> PostPlintoEvent(Shared& shared, Context context) {
  if (shared.settings.plinto_webhook_secret.empty()) {
    co_return Error{.code = ErrorCode::kNotFound,
                    .message = "Plinto's events are not taken here. Set PLINTO_WEBHOOK_SECRET to take them."};
  }
  const std::string* signature = context.request.headers.Find("x-webhook-signature");
  Result<PlintoEvent> event =
      ReadPlintoEvent(shared.settings.plinto_webhook_secret, signature == nullptr ? std::string_view() : *signature,
                      context.request.body);
  if (!event) co_return std::move(event).error();
  co_return co_await KeepDelivery(shared, PlintoDelivery(*std::move(event), shared.host.clock.Now()));
}

}  // namespace

std::span<const Route> DeliveryRoutes() {
  static constexpr std::array kDeliveryRoutes = {Route{Operation::kReceivePolarWebhook, PostWebhook},
                                                 Route{Operation::kReceivePlintoEvent, PostPlintoEvent}};
  return kDeliveryRoutes;
}

}  // namespace plinto::polar::server
