#include "core/polar/webhooks/webhook_endpoints.h"

namespace plinto::polar {

HttpRequest BuildListWebhookEndpoints(const PolarAccount& account, const WebhookEndpointQuery& query) {
  return BuildRequest(account, "GET", "/v1/webhooks/endpoints", Encode(query));
}

Result<Page<WebhookEndpoint>> ParseWebhookEndpoints(const HttpResponse& response) {
  return ParseAnswer<Page<WebhookEndpoint>>(response);
}

}  // namespace plinto::polar
