// POST /customer, GET /customer/portal.
#include "core/gateway/customer.h"
#include "server/service/answers.h"
#include "server/service/customers/customers.h"
#include "server/service/polar_call.h"
#include "server/service/service.h"

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
                         "Polar does not know this user as a member of the organization. Let him open the portal "
                         "once himself: that makes him one.");
}

Task<CallOutcome> CreateSession(Host& host, const Settings& settings, const CustomerSessionCreate& create,
                                Timestamp deadline) {
  // A session too many does no harm: it expires within the hour.
  return CallPolar(host, BuildCreateCustomerSession(settings.polar, create), true, deadline);
}

// A team's portal wants one of its members: the caller, made one on his first visit. Whoever gets here may manage the
// organization's billing (the access policy says so), and that is the role he is given.
Task<Status> AddMember(Host& host, const Settings& settings, AccessToken token, std::string customer_id,
                       Timestamp deadline) {
  Result<PlintoUser> user = co_await host.plinto.GetUser(token);
  if (!user) co_return std::move(user).error();
  MemberCreate member{.email = user->email, .name = {}, .external_id = user->id, .role = "billing_manager"};
  if (!user->name.empty()) member.name = user->name;
  const CallOutcome outcome =
      co_await CallPolar(host, BuildCreateMember(settings.polar, customer_id, member), true, deadline);
  const auto* response = std::get_if<HttpResponse>(&outcome);
  if (response == nullptr) co_return ErrorFromPolarFault(*std::get_if<TransportFault>(&outcome));
  if (!response->Succeeded()) co_return ErrorFromPolar(*response);
  co_return Done{};
}

}  // namespace

Task<Result<HttpResponse>> Service::PostCustomer(Context context) {
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  Result<CustomerRow> customer = co_await EnsureCustomer(host_, settings_, std::move(*caller), context.deadline);
  if (!customer) co_return std::move(customer).error();
  PolarCustomer answer{customer->polar_customer_id, customer->subject.id, {}, {}};
  if (!customer->email.empty()) answer.email = customer->email;
  if (!customer->name.empty()) answer.name = customer->name;
  co_return JsonAnswer(200, answer);
}

Task<Result<HttpResponse>> Service::GetPortal(Context context) {
  const std::optional<std::string> return_url = context.Query("return_url");
  if (Status url = CheckReturnUrl(return_url, "return_url"); !url) co_return std::move(url).error();
  Result<Caller> caller = co_await Admit(context);
  if (!caller) co_return std::move(caller).error();
  Result<std::optional<CustomerRow>> customer =
      co_await FindCustomer(host_, settings_, caller->subject, context.deadline);
  if (!customer) co_return std::move(customer).error();
  if (!*customer) co_return NoCustomer();

  CustomerSessionCreate create{.customer_id = (*customer)->polar_customer_id, .return_url = return_url};
  if ((*customer)->is_team && !caller->user_id) {
    co_return ValidationError("user_id", "An organization's portal is opened for one of its members. Name him.");
  }
  if ((*customer)->is_team) create.external_member_id = caller->user_id;
  const CallOutcome first = co_await CreateSession(host_, settings_, create, context.deadline);
  Result<PortalLink> session = ReadOutcome(first, ParsePortalLink);
  if (!session && (*customer)->is_team && session.error().code == ErrorCode::kValidationFailed) {
    if (!caller->token) co_return NotYetMember();
    Status added =
        co_await AddMember(host_, settings_, *caller->token, (*customer)->polar_customer_id, context.deadline);
    if (!added) co_return std::move(added).error();
    const CallOutcome second = co_await CreateSession(host_, settings_, create, context.deadline);
    session = ReadOutcome(second, ParsePortalLink);
  }
  if (!session) co_return std::move(session).error();
  co_return JsonAnswer(200, CustomerPortalSession{session->customer_portal_url, session->expires_at});
}

}  // namespace plinto::polar::server
