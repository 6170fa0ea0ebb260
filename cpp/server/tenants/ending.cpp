#include "server/tenants/ending.h"

namespace plinto::polar::server {
namespace {

constexpr int kToldAtOnce = 100;

Task<Result<bool>> HasToldAll(Tenant& tenant, Timestamp now) {
  NotificationStore& store = *tenant.notification_store;
  bool is_news = false;
  for (;;) {
    const Result<std::int64_t> told = co_await store.TellEndings(kToldAtOnce, now);
    if (!told) co_return told.error();
    if (*told == 0) break;
    is_news = true;
  }
  if (is_news) tenant.jobs.NotifyOfEndings();
  const Result<std::optional<Timestamp>> next = co_await store.NextDue(now);
  if (!next) co_return next.error();
  const Result<std::vector<ParkedNotification>> parked = co_await store.ListParked(1, 0);
  if (!parked) co_return parked.error();
  co_return !next->has_value() && parked->empty();
}

Task<Result<bool>> HasReportedAll(Store& store, Timestamp now) {
  const Result<std::optional<Timestamp>> next = co_await store.NextUsageDue(now);
  if (!next) co_return next.error();
  const Result<std::vector<ParkedUsage>> parked = co_await store.ListParkedUsage(1);
  if (!parked) co_return parked.error();
  co_return !next->has_value() && parked->empty();
}

}  // namespace

Task<Result<bool>> WorkOffEnding(Tenant& tenant, Timestamp now) {
  if (tenant.has_application) {
    Result<bool> told = co_await HasToldAll(tenant, now);
    if (!told || !*told) co_return told;
  }
  Result<bool> reported = co_await HasReportedAll(*tenant.store, now);
  if (!reported || !*reported) co_return reported;
  co_return now >= tenant.row.ending_since->PlusSeconds(kEndingSeconds);
}

}  // namespace plinto::polar::server
