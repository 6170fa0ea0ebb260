// DELETE /customer: forgets a subject. Polar keeps what tax law wants kept, unless it is told to forget as well.
#include "core/gateway/customer.h"
#include "core/gateway/erasure.h"
#include "core/polar/client.h"
#include "server/service/answers.h"
#include "server/service/polar_call.h"
#include "server/service/query.h"
#include "server/service/service.h"

namespace plinto::polar::server {

Task<Result<HttpResponse>> Service::DeleteCustomer(Context context) {
  const Result<bool> at_polar = ReadFlag(context.Query("polar"), "polar");
  if (!at_polar) co_return at_polar.error();
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  if (*at_polar) {
    // Polar first: should it fail, all is still there and the call can be made again.
    HttpRequest deletion = BuildDeleteCustomerByExternalId(settings_.polar, caller->subject.id, true);
    const CallOutcome outcome = co_await CallPolar(host_, std::move(deletion), true, context.deadline);
    const Result<Done> deleted = ReadOutcome(outcome, ParseAccepted);
    if (!deleted && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  }
  const Result<Erasure> erased = co_await host_.store.EraseSubject(caller->subject, host_.clock.Now());
  if (!erased) co_return erased.error();
  const ErasureReceipt answer{erased->customers, erased->checkouts,    erased->subscriptions,
                              erased->orders,    erased->usage_events, erased->usage_events_waiting};
  co_return JsonAnswer(200, answer);
}

}  // namespace plinto::polar::server
