// Endpoints that Polar delivers to: enabled or not, and with which events. Parse... has the errors of ParseAnswer
// (request.h).
#pragma once

#include "core/model/webhook_endpoint.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which page of them.
struct WebhookEndpointQuery {
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
};
template <>
inline constexpr auto kDescription<WebhookEndpointQuery> =
    Describe(Field("page", &WebhookEndpointQuery::page, "1 is the first."),
             Field("limit", &WebhookEndpointQuery::limit, "10 when absent, 100 at most."));

[[nodiscard]] HttpRequest BuildListWebhookEndpoints(const PolarAccount& account,
                                                    const WebhookEndpointQuery& query = {});

[[nodiscard]] Result<Page<WebhookEndpoint>> ParseWebhookEndpoints(const HttpResponse& response);

}  // namespace plinto::polar
