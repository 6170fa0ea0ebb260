#include "core/polar/webhooks/webhook_deliveries.h"

namespace plinto::polar {

HttpRequest BuildListWebhookDeliveries(const PolarAccount& account, const WebhookDeliveryQuery& query) {
  return BuildRequest(account, "GET", "/v1/webhooks/deliveries", Encode(query));
}

Result<Page<WebhookDelivery>> ParseWebhookDeliveries(const HttpResponse& response) {
  return ParseAnswer<Page<WebhookDelivery>>(response);
}

}  // namespace plinto::polar
