#include "server/service/usage/routes.h"

#include <array>

#include "core/gateway/usage.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"
#include "server/service/usage/batch.h"
#include "server/service/usage/events.h"
#include "server/service/usage/fate.h"
#include "server/service/usage/leases.h"
#include "server/service/usage/limits.h"
#include "server/service/usage/summary.h"

namespace plinto::polar::server {
namespace {

Task<Result<HttpResponse>> PostUsage(Shared& shared, Context context) {
  Result<PolarUsageOptions> request = ReadBody<PolarUsageOptions>(context.request, {.exact_key = "quantity"});
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckUsageEvent(*request); !checked) co_return std::move(checked).error();
  Status may_record = CheckMayRecord(shared.settings, context.credentials, *request);
  if (!may_record) co_return std::move(may_record).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();

  Result<UsageRow> row =
      NewUsageRow(shared.host.random, *caller, *request, PropertiesOf(*request), {.now = shared.host.clock.Now()});
  if (!row) co_return std::move(row).error();
  Result<UsageRow> kept = co_await shared.host.store.AddUsage(*std::move(row), shared.settings.tells_application);
  if (!kept) co_return std::move(kept).error();
  shared.notify_of_usage();
  co_return JsonAnswer(202, UsageReceipt{kept->external_id, kept->event_name, kept->quantity, kept->reported});
}

}  // namespace

std::span<const Route> UsageRoutes() {
  static constexpr std::array kUsageRoutes = {
      Route{Operation::kIngestUsageEvent, PostUsage},      Route{Operation::kIngestUsageEvents, PostUsageBatch},
      Route{Operation::kGetUsageSummary, GetUsageSummary}, Route{Operation::kGetUsageEvent, GetUsageEvent},
      Route{Operation::kReserveUsage, PostReservation},    Route{Operation::kCommitUsage, PostCommit},
      Route{Operation::kReleaseUsage, PostRelease},        Route{Operation::kSetUsageLimit, PutUsageLimit},
      Route{Operation::kListUsageLimits, ListLimits},      Route{Operation::kRemoveUsageLimit, DeleteUsageLimit}};
  return kUsageRoutes;
}

}  // namespace plinto::polar::server
