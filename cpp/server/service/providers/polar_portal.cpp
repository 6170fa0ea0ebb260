// Polar's customer portal: one for all that a customer has.
#include "server/service/customers/adoption.h"
#include "server/service/customers/fit_name.h"
#include "server/service/polar_call.h"
#include "server/service/providers/polar_provider.h"

namespace plinto::polar::server {
namespace {

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

}  // namespace

Task<Result<CustomerPortalSession>> PolarProvider::OpenPortal(Shared& shared, PortalVisit visit, CallTerms terms) {
  Host& host = shared.host;
  const Settings& settings = shared.settings;
  const CustomerRow& customer = visit.customer;
  CustomerSessionCreate create{.customer_id = customer.polar_customer_id, .return_url = visit.return_url};
  if (customer.is_team && !visit.user_id) {
    co_return ValidationError("user_id",
                              "An organization's portal is opened for one of its members. Name them by user_id.");
  }
  if (customer.is_team) create.external_member_id = visit.user_id;
  const CallOutcome first = co_await CreateSession(host, settings, create, terms);
  Result<PortalLink> session = ReadOutcome(first, ParsePortalLink);
  if (!session && customer.is_team && session.error().code == ErrorCode::kValidationFailed) {
    if (!visit.token) co_return NotYetMember();
    Status added = co_await AddMember(host, settings, *visit.token, customer.polar_customer_id, terms);
    if (!added) co_return std::move(added).error();
    const CallOutcome second = co_await CreateSession(host, settings, create, terms);
    session = ReadOutcome(second, ParsePortalLink);
  }
  if (!session) co_return std::move(session).error();
  co_return CustomerPortalSession{session->customer_portal_url, session->expires_at};
}

}  // namespace plinto::polar::server
