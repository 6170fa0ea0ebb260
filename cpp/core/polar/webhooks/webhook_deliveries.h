// What Polar delivered to its endpoints, attempt by attempt, newest first. Parse... has the errors of ParseAnswer
// (request.h).
#pragma once

#include "core/model/webhook_delivery.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which attempts to list. Between two times the pages do not move.
struct WebhookDeliveryQuery {
  std::vector<std::string> endpoint_id = {};
  std::optional<Timestamp> start_timestamp = {};
  std::optional<Timestamp> end_timestamp = {};
  std::optional<bool> succeeded = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
};
template <>
inline constexpr auto kDescription<WebhookDeliveryQuery> =
    Describe(Field("endpoint_id", &WebhookDeliveryQuery::endpoint_id, "To any of these."),
             Field("start_timestamp", &WebhookDeliveryQuery::start_timestamp, "Made after this time, not at it."),
             Field("end_timestamp", &WebhookDeliveryQuery::end_timestamp, "Made before this time."),
             Field("succeeded", &WebhookDeliveryQuery::succeeded, "Succeeded ones, or not."),
             Field("page", &WebhookDeliveryQuery::page, "1 is the first."),
             Field("limit", &WebhookDeliveryQuery::limit, "10 when absent, 100 at most."));

[[nodiscard]] HttpRequest BuildListWebhookDeliveries(const PolarAccount& account,
                                                     const WebhookDeliveryQuery& query = {});

[[nodiscard]] Result<Page<WebhookDelivery>> ParseWebhookDeliveries(const HttpResponse& response);

}  // namespace plinto::polar
