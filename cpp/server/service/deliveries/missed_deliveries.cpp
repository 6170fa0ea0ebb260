#include "server/service/deliveries/missed_deliveries.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/polar/webhooks/webhook_deliveries.h"
#include "server/service/deliveries/inbox.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kMostPages = 10;
// An attempt is listed under the time at which its answer came, some moments before it can be read.
constexpr std::int64_t kOverlapSeconds = 60;

using Deliveries = Page<WebhookDelivery>;

Task<Result<Deliveries>> ListDeliveries(Shared& shared, WebhookDeliveryQuery query) {
  HttpRequest request = BuildListWebhookDeliveries(shared.settings.polar, query);
  CallTerms terms(shared.host.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
  const CallOutcome outcome = co_await CallPolar(shared.host, std::move(request), true, std::move(terms));
  co_return ReadOutcome(outcome, ParseWebhookDeliveries);
}

Task<Status> TakePage(Shared& shared, Deliveries page, MissedDeliveries& taken) {
  // Polar lists the newest first.
  for (auto one = page.items.rbegin(); one != page.items.rend(); ++one) {
    WebhookEventRecord& event = one->webhook_event;
    if (!IsUuid(event.id)) continue;
    if (!event.payload) {
      ++taken.emptied;
      continue;
    }
    WebhookRow row{
        .event_id = std::move(event.id), .event_type = std::move(event.type), .payload = *std::move(event.payload)};
    const Result<bool> stored = co_await StoreDelivery(shared, std::move(row));
    if (!stored) co_return stored.error();
    if (*stored) ++taken.stored;
  }
  // Attempts may bear the same time, and the next window begins after the one that it is given.
  if (!page.items.empty()) taken.from = {page.items.front().created_at.microseconds - 1};
  co_return Done{};
}

}  // namespace

Task<MissedDeliveries> TakeMissedDeliveries(Shared& shared, std::vector<std::string> endpoints, DeliveryWindow window) {
  MissedDeliveries taken{.from = window.from};
  WebhookDeliveryQuery query{.endpoint_id = std::move(endpoints),
                             .start_timestamp = window.from,
                             .end_timestamp = window.until,
                             .page = 1,
                             .limit = kMaxPageLimit};
  if (window.failed_only) query.succeeded = false;
  Result<Deliveries> page = co_await ListDeliveries(shared, query);
  if (!page) co_return taken;
  const std::int64_t last = std::max<std::int64_t>(1, page->pagination.max_page.value_or(1));
  // Between two times the pages do not move. The oldest is the last one.
  for (query.page = last; *query.page >= 1; --*query.page) {
    if (last - *query.page == kMostPages) co_return taken;
    if (last > 1) page = co_await ListDeliveries(shared, query);
    if (!page) co_return taken;
    const Status stored = co_await TakePage(shared, *std::move(page), taken);
    if (!stored) co_return taken;
  }
  taken.is_read = true;
  taken.from = std::max(window.from, window.until.PlusSeconds(-kOverlapSeconds));
  co_return taken;
}

}  // namespace plinto::polar::server
