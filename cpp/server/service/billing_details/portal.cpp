#include "server/service/billing_details/portal.h"

#include "core/gateway/customer.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/customers/customers.h"
#include "server/service/providers/provider.h"
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

bool MayRun(const Subscription& one) { return !one.ended_at && one.status != SubscriptionStatus::kCanceled; }

/// Whose page: that of the newest subscription that runs; of who has none, of their country's provider.
struct Place {
  PaymentProvider provider = PaymentProvider::kPolar;
  std::string subscription_id = {};
};

Task<Result<Place>> FindPlace(Shared& shared, CustomerRow customer) {
  if (customer.conekta_customer_id.empty()) co_return Place{};
  const Result<CustomerSnapshots> bought = co_await shared.host.store.ReadSnapshots(customer.polar_customer_id);
  if (!bought) co_return bought.error();
  for (const Subscription& one : bought->subscriptions) {
    if (MayRun(one)) co_return Place{ProviderOfId(one.id), one.id};
  }
  const Result<PaymentProvider> of_country = DecideProvider(customer.country);
  co_return Place{of_country ? *of_country : PaymentProvider::kPolar};
}

}  // namespace

Task<Result<HttpResponse>> GetPortalUrl(Shared& shared, Context context) {
  const std::optional<std::string> return_url = context.Query("return_url");
  if (Status url = CheckReturnUrl(shared.settings, return_url, "return_url"); !url) co_return std::move(url).error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<std::optional<CustomerRow>> customer = co_await FindCustomerOf(shared.host, shared.settings, *caller, terms);
  if (!customer) co_return std::move(customer).error();
  if (!*customer) co_return NoCustomer();
  Result<Place> place = co_await FindPlace(shared, **customer);
  if (!place) co_return std::move(place).error();

  PortalVisit visit{**std::move(customer), caller->token, caller->user_id, return_url, place->subscription_id};
  Provider& provider = ProviderOf(place->provider);
  const Result<CustomerPortalSession> session =
      co_await provider.OpenPortal(shared, std::move(visit), std::move(terms));
  if (!session) co_return session.error();
  co_return JsonAnswer(200, *session);
}

}  // namespace plinto::polar::server
