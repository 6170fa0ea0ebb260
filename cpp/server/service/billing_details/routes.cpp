#include "server/service/billing_details/routes.h"

#include <array>

#include "core/gateway/billing_details.h"
#include "core/polar/sales/orders.h"
#include "server/service/answers.h"
#include "server/service/billing_details/payment_methods.h"
#include "server/service/billing_details/portal.h"
#include "server/service/caller/context.h"
#include "server/service/mirror/mirror.h"
#include "server/service/polar_call.h"
#include "server/service/providers/provider.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

// Polar makes an invoice in a job. It is looked for after these times, then the caller is asked to come again.
constexpr std::array<std::int64_t, 3> kInvoiceWaitsMs = {300, 700, 1'500};
constexpr std::int64_t kInvoiceRetryMs = 2'000;

Error NoOrder() {
  return {.code = ErrorCode::kNotFound,
          .message = "The subject has no order with this id. GET /customer/orders lists them."};
}

Error NoInvoice() {
  return NotSupported("",
                      "Conekta makes no invoices, and this order was paid there. The seller makes its CFDI; ask them "
                      "for it.");
}

Error NotYetMade() {
  return {.code = ErrorCode::kConflict,
          .message = "Polar is still making this invoice. Ask again in a moment.",
          .retry_after_ms = kInvoiceRetryMs};
}

// Why Polar makes no invoice, in terms of our own request.
Error Translate(Error error) {
  if (error.details.starts_with("OrderNotEligibleForInvoice")) {
    error.message = "This order has no invoice: it was never charged.";
  }
  if (error.details.starts_with("MissingInvoiceBillingDetails")) {
    error.code = ErrorCode::kConflict;
    error.message = "The invoice needs a billing name and address. The buyer enters them in the customer portal.";
  }
  return error;
}

Task<Result<HttpResponse>> ListPaymentMethods(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<SubjectState> known = co_await shared.mirror.Read(std::move(caller->subject), context.deadline);
  if (!known) co_return std::move(known).error();
  if (!known->customer) co_return JsonAnswer(200, PaymentMethods());
  const Result<PaymentMethods> methods =
      co_await ReadPaymentMethods(shared, *std::move(known->customer), std::move(terms));
  if (!methods) co_return methods.error();
  co_return JsonAnswer(200, *methods);
}

/// The order of the path, from the mirror. Errors: NOT_FOUND when it is not the subject's.
Task<Result<Order>> FindOwnOrder(Shared& shared, Subject subject, std::string id, Timestamp deadline) {
  Result<std::optional<Order>> found = co_await shared.host.store.FindOrder(subject, id);
  if (!found) co_return std::move(found).error();
  if (!*found) {
    // Bought before the server was there, perhaps: then the mirror is filled now.
    const Result<SubjectState> known = co_await shared.mirror.Read(subject, deadline);
    if (!known) co_return known.error();
    found = co_await shared.host.store.FindOrder(std::move(subject), std::move(id));
    if (!found) co_return std::move(found).error();
  }
  if (!*found) co_return NoOrder();
  co_return **std::move(found);
}

Task<Result<OrderInvoice>> ReadInvoice(Shared& shared, const std::string& order_id, const CallTerms& terms) {
  HttpRequest request = BuildGetInvoice(shared.settings.polar, order_id);
  const CallOutcome outcome = co_await CallPolar(shared.host, std::move(request), true, terms);
  co_return ReadOutcome(outcome, ParseInvoice);
}

/// Has the invoice made, and waits for it.
Task<Result<OrderInvoice>> MakeInvoice(Shared& shared, const std::string& order_id, const CallTerms& terms) {
  Host& host = shared.host;
  const CallOutcome asked =
      co_await CallPolar(host, BuildGenerateInvoice(shared.settings.polar, order_id), true, terms);
  if (const Status accepted = ReadOutcome(asked, ParseAccepted); !accepted) co_return Translate(accepted.error());
  for (const std::int64_t wait_ms : kInvoiceWaitsMs) {
    const Timestamp at = host.clock.Now().PlusMilliseconds(wait_ms);
    if (at >= terms.deadline) break;
    co_await host.clock.SleepUntil(at);
    Result<OrderInvoice> invoice = co_await ReadInvoice(shared, order_id, terms);
    if (invoice || invoice.error().code != ErrorCode::kNotFound) co_return invoice;
  }
  co_return NotYetMade();
}

Task<Result<HttpResponse>> GetInvoice(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  const CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  const Result<Order> order = co_await FindOwnOrder(shared, std::move(caller->subject), context.id, context.deadline);
  if (!order) co_return order.error();
  if (ProviderOfId(order->id) != PaymentProvider::kPolar) co_return NoInvoice();
  Result<OrderInvoice> invoice = co_await ReadInvoice(shared, order->id, terms);
  if (!invoice && invoice.error().code == ErrorCode::kNotFound) {
    invoice = co_await MakeInvoice(shared, order->id, terms);
  }
  if (!invoice) co_return std::move(invoice).error();
  co_return JsonAnswer(200, Invoice{std::move(invoice->url)});
}

}  // namespace

std::span<const Route> BillingDetailRoutes() {
  static constexpr std::array kBillingDetailRoutes = {Route{Operation::kGetCustomerPortalUrl, GetPortalUrl},
                                                      Route{Operation::kListPaymentMethods, ListPaymentMethods},
                                                      Route{Operation::kGetInvoice, GetInvoice}};
  return kBillingDetailRoutes;
}

}  // namespace plinto::polar::server
