#include "server/service/customers/routes.h"

#include <array>

#include "core/gateway/customer.h"
#include "core/gateway/erasure.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/customers/adoption.h"
#include "server/service/customers/customers.h"
#include "server/service/customers/fit_name.h"
#include "server/service/polar_call.h"
#include "server/service/return_url.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Error NoCustomer() {
  return {.code = ErrorCode::kCustomerNotFound,
          .message =
              "There is no customer at Polar yet: nothing was bought. Start a checkout, or call POST /customer "
              "first."};
}

Error NotYetMember() {
  return ValidationError("user_id",
                         "Polar does not know this user as a member of the organization. Let them open the portal "
                         "once while they are signed in: that makes them one.");
}

Task<CallOutcome> CreateSession(Host& host, const Settings& settings, const CustomerSessionCreate& create,
                                CallTerms terms) {
  // A session too many does no harm: it expires within the hour.
  return CallPolar(host, BuildCreateCustomerSession(settings.polar, create), true, std::move(terms));
}

// A team's portal wants one of its members: the caller, who is made one on their first visit. Whoever gets here may
// manage the organization's billing (the access policy says so), and that is the role they are given.
Task<Status> AddMember(Host& host, const Settings& settings, AccessToken token, std::string customer_id,
                       CallTerms terms) {
  Result<PlintoUser> user = co_await host.plinto.GetUser(token);
  if (!user) co_return std::move(user).error();
  if (!user->email_verified) co_return EmailNotVerified();
  MemberCreate member{.email = user->email, .name = {}, .external_id = user->id, .role = "billing_manager"};
  if (!user->name.empty()) member.name = FitName(user->name);
  HttpRequest request = BuildCreateMember(settings.polar, customer_id, member);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, std::move(terms));
  co_return ReadOutcome(outcome, ParseAccepted);
}

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
  co_return JsonAnswer(200, answer);
}

Task<Result<HttpResponse>> GetPortalUrl(Shared& shared, Context context) {
  Host& host = shared.host;
  const Settings& settings = shared.settings;
  const std::optional<std::string> return_url = context.Query("return_url");
  if (Status url = CheckReturnUrl(settings, return_url, "return_url"); !url) co_return std::move(url).error();
  Result<Caller> caller = co_await Admit(host, context);
  if (!caller) co_return std::move(caller).error();
  const CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<std::optional<CustomerRow>> customer = co_await FindCustomerOf(host, settings, *caller, terms);
  if (!customer) co_return std::move(customer).error();
  if (!*customer) co_return NoCustomer();

  CustomerSessionCreate create{.customer_id = (*customer)->polar_customer_id, .return_url = return_url};
  if ((*customer)->is_team && !caller->user_id) {
    co_return ValidationError("user_id",
                              "An organization's portal is opened for one of its members. Name them by user_id.");
  }
  if ((*customer)->is_team) create.external_member_id = caller->user_id;
  const CallOutcome first = co_await CreateSession(host, settings, create, terms);
  Result<PortalLink> session = ReadOutcome(first, ParsePortalLink);
  if (!session && (*customer)->is_team && session.error().code == ErrorCode::kValidationFailed) {
    if (!caller->token) co_return NotYetMember();
    Status added = co_await AddMember(host, settings, *caller->token, (*customer)->polar_customer_id, terms);
    if (!added) co_return std::move(added).error();
    const CallOutcome second = co_await CreateSession(host, settings, create, terms);
    session = ReadOutcome(second, ParsePortalLink);
  }
  if (!session) co_return std::move(session).error();
  co_return JsonAnswer(200, CustomerPortalSession{session->customer_portal_url, session->expires_at});
}

Task<Result<HttpResponse>> EraseCustomer(Shared& shared, Context context) {
  const Result<bool> at_polar = ReadFlag(context, "polar");
  if (!at_polar) co_return at_polar.error();
  // Whom to erase stands in the query alone: a proxy may drop the body of a DELETE (RFC 9110, section 9.3.5), and then
  // the caller would erase themselves.
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  if (*at_polar) {
    // Polar first: should it fail, all is still there and the call can be made again.
    CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
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
                                                 Route{Operation::kGetCustomerPortalUrl, GetPortalUrl},
                                                 Route{Operation::kEraseCustomer, EraseCustomer}};
  return kCustomerRoutes;
}

}  // namespace plinto::polar::server
