#include "server/service/usage/fate.h"

#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

UsageEventFate ToldOf(const UsageFate& fate) {
  UsageEventFate told;
  told.event_id = fate.usage.external_id;
  told.event_name = fate.usage.event_name;
  told.quantity = fate.usage.quantity;
  told.status = fate.usage.reported ? "reported" : fate.next_attempt_at ? "waiting" : "parked";
  told.recorded_at = fate.usage.created_at;
  told.used_at = fate.usage.used_at;
  told.reported_at = fate.reported_at;
  if (fate.was_duplicate) told.polar_said = *fate.was_duplicate ? "duplicate" : "inserted";
  told.failures = fate.usage.attempts;
  told.refusals = fate.usage.refusals;
  told.next_attempt_at = fate.next_attempt_at;
  told.parked_at = fate.parked_at;
  if (!fate.error.empty()) told.reason = fate.error;
  return told;
}

Task<Result<HttpResponse>> GetUsageEvent(Shared& shared, Context context) {
  Result<UsageEventQuery> query = ReadQuery<UsageEventQuery>(context.query);
  if (!query) co_return std::move(query).error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  Result<std::optional<UsageFate>> fate =
      co_await shared.host.store.FindUsage(std::move(caller->subject), std::move(query->event_id));
  if (!fate) co_return std::move(fate).error();
  if (!*fate) {
    co_return Error{.code = ErrorCode::kNotFound,
                    .message = "No event with this id was recorded for this user or organization, or it is forgotten.",
                    .field = "event_id"};
  }
  co_return JsonAnswer(200, ToldOf(**fate));
}

}  // namespace plinto::polar::server
