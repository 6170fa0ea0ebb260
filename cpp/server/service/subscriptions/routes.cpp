#include "server/service/subscriptions/routes.h"

#include <array>

#include "core/gateway/customer.h"
#include "core/gateway/subscriptions.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/providers/provider.h"
#include "server/service/shared.h"
#include "server/service/subscriptions/lists.h"
#include "server/service/subscriptions/own.h"
#include "server/service/subscriptions/preview.h"
#include "server/service/subscriptions/views.h"

namespace plinto::polar::server {
namespace {

Task<Result<HttpResponse>> Show(Task<Result<Subscription>> changed) {
  const Result<Subscription> subscription = co_await std::move(changed);
  if (!subscription) co_return subscription.error();
  co_return JsonAnswer(200, ViewOf(*subscription));
}

Task<Result<OwnSubscription>> FindOwnAndCustomer(Shared& shared, const Context& context, Caller caller) {
  OwnSubscription own;
  own.actor = caller.actor;
  std::optional<CustomerRow> customer = caller.customer;
  const Subject subject = caller.subject;
  Result<Subscription> found = co_await FindOwnSubscription(shared, context, std::move(caller));
  if (!found) co_return std::move(found).error();
  own.subscription = *std::move(found);
  if (!customer) {
    // Known only since it was fetched for this very request.
    Result<std::optional<CustomerRow>> now = co_await shared.host.store.FindCustomer(subject);
    if (!now) co_return std::move(now).error();
    customer = *std::move(now);
  }
  if (customer) own.customer = *std::move(customer);
  co_return own;
}

Task<Result<HttpResponse>> CancelSubscription(Shared& shared, Context context) {
  Result<CancelOptions> request = ReadBody<CancelOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckCancelRequest(*request); !checked) co_return std::move(checked).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<OwnSubscription> own = co_await FindOwnAndCustomer(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  Provider& provider = ProviderOf(ProviderOfId(own->subscription.id));
  co_return co_await Show(provider.Cancel(shared, *std::move(own), *std::move(request), std::move(terms)));
}

Task<Result<HttpResponse>> ResumeSubscription(Shared& shared, Context context) {
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<OwnSubscription> own = co_await FindOwnAndCustomer(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  Provider& provider = ProviderOf(ProviderOfId(own->subscription.id));
  co_return co_await Show(provider.Resume(shared, *std::move(own), std::move(terms)));
}

Task<Result<HttpResponse>> ChangeSubscription(Shared& shared, Context context) {
  Result<ChangeOptions> request = ReadBody<ChangeOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckChangeRequest(*request); !checked) co_return std::move(checked).error();
  Result<std::string> product = ProductOf(shared.settings, *request);
  if (!product) co_return std::move(product).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  const bool is_buyer = caller->token.has_value();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<OwnSubscription> own = co_await FindOwnAndCustomer(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();
  if (is_buyer) {
    const Status open =
        CheckProrationIsOpen(shared.settings, product->empty() ? own->subscription.product_id : *product, *request);
    if (!open) co_return open.error();
  }

  PlanWish wish{*product, request->seats, request->proration_behavior, ProductFieldOf(*request)};
  Provider& provider = ProviderOf(ProviderOfId(own->subscription.id));
  co_return co_await Show(provider.Change(shared, *std::move(own), std::move(wish), std::move(terms)));
}

}  // namespace

std::span<const Route> SubscriptionRoutes() {
  static constexpr std::array kSubscriptionRoutes = {Route{Operation::kCancelSubscription, CancelSubscription},
                                                     Route{Operation::kResumeSubscription, ResumeSubscription},
                                                     Route{Operation::kChangeSubscription, ChangeSubscription},
                                                     Route{Operation::kPreviewSubscription, PreviewSubscription},
                                                     Route{Operation::kGetCustomerData, GetCustomerData},
                                                     Route{Operation::kGetCustomerState, GetCustomerState},
                                                     Route{Operation::kListSubscriptions, ListSubscriptions},
                                                     Route{Operation::kListOrders, ListOrders},
                                                     Route{Operation::kListBenefits, ListBenefits},
                                                     Route{Operation::kListMeters, ListMeters}};
  return kSubscriptionRoutes;
}

}  // namespace plinto::polar::server
