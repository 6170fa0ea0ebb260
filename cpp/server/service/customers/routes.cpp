#include "server/service/customers/routes.h"

#include <array>

#include "core/gateway/customer.h"
#include "core/gateway/erasure.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/customers/conekta_customers.h"
#include "server/service/customers/customers.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Task<Result<HttpResponse>> PostCustomer(Shared& shared, Context context) {
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<CustomerRow> customer =
      co_await EnsureCustomer(shared.host, shared.settings, std::move(*caller), std::move(terms));
  if (!customer) co_return std::move(customer).error();
  PolarCustomer answer{customer->polar_customer_id, customer->subject.id, {}, {}};
  if (!customer->email.empty()) answer.email = customer->email;
  if (!customer->name.empty()) answer.name = customer->name;
  if (!customer->country.empty()) answer.country = customer->country;
  co_return JsonAnswer(200, answer);
}

Task<Result<HttpResponse>> EraseCustomer(Shared& shared, Context context) {
  const Result<bool> at_polar = ReadFlag(context, "polar");
  if (!at_polar) co_return at_polar.error();
  // Whom to erase stands in the query alone: a proxy may drop the body of a DELETE (RFC 9110, section 9.3.5), and then
  // the caller would erase themselves.
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  if (*at_polar) {
    // The providers first: should one fail, all is still there and the call can be made again.
    CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
    const Status ended = co_await DeleteAtConekta(shared.host, shared.settings, caller->subject, terms);
    if (!ended) co_return ended.error();
    const Status deleted = co_await DeleteAtPolar(shared.host, shared.settings, caller->subject.id, std::move(terms));
    if (!deleted) co_return deleted.error();
  }
  const Result<Erasure> erased =
      co_await shared.host.store.EraseSubject(std::move(caller->subject), shared.host.clock.Now());
  if (!erased) co_return erased.error();
  shared.notify_of_webhook();  // the application is told of the end
  const ErasureReceipt answer{erased->customers, erased->checkouts,    erased->subscriptions,
                              erased->orders,    erased->usage_events, erased->usage_events_waiting,
                              erased->grants};
  co_return JsonAnswer(200, answer);
}

}  // namespace

std::span<const Route> CustomerRoutes() {
  static constexpr std::array kCustomerRoutes = {Route{Operation::kEnsureCustomer, PostCustomer},
                                                 Route{Operation::kEraseCustomer, EraseCustomer}};
  return kCustomerRoutes;
}

}  // namespace plinto::polar::server
