#include "server/service/billing_details/payment_methods.h"

#include <algorithm>

#include "core/conekta/payment_sources.h"
#include "core/foundation/text.h"
#include "core/polar/customers/payment_methods.h"
#include "server/service/conekta_call.h"
#include "server/service/polar_call.h"
#include "server/service/providers/conekta_provider.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kCentury = 2'000;
constexpr std::int64_t kYearsInCentury = 100;

struct Dated {
  PaymentMethodView view;
  Timestamp created_at;
};

Dated ViewOf(const PaymentMethod& method) {
  Dated dated{{.id = method.id, .type = method.type, .is_default = method.is_default.value_or(false)},
              method.created_at.value_or(Timestamp())};
  if (!method.method_metadata) return dated;
  const CardDetails& card = *method.method_metadata;
  dated.view.brand = card.brand;
  dated.view.last4 = card.last4;
  dated.view.exp_month = card.exp_month;
  dated.view.exp_year = card.exp_year;
  dated.view.wallet = card.wallet;
  return dated;
}

Dated ViewOf(const ConektaPaymentSource& source) {
  Dated dated{{.id = source.id, .type = source.type, .is_default = source.is_default.value_or(false)},
              Timestamp().PlusSeconds(source.created_at.value_or(0))};
  dated.view.brand = source.brand;
  dated.view.last4 = source.last4;
  if (source.exp_month) dated.view.exp_month = ParseInteger(*source.exp_month);
  if (source.exp_year) dated.view.exp_year = ParseInteger(*source.exp_year);
  // Conekta writes 31 for 2031.
  if (dated.view.exp_year && *dated.view.exp_year < kYearsInCentury) *dated.view.exp_year += kCentury;
  return dated;
}

Task<Status> AddPolars(Shared& shared, const CustomerRow& customer, const CallTerms& terms, std::vector<Dated>& all) {
  HttpRequest request =
      BuildListPaymentMethods(shared.settings.polar, customer.polar_customer_id, {.limit = kMaxPageLimit});
  const CallOutcome outcome = co_await CallPolar(shared.host, std::move(request), true, terms);
  const Result<Page<PaymentMethod>> page = ReadOutcome(outcome, ParsePaymentMethods);
  if (!page) co_return page.error();
  for (const PaymentMethod& one : page->items) all.push_back(ViewOf(one));
  co_return Done{};
}

// References for cash and transfers are in Conekta's list too: nothing can be charged by them.
Task<Status> AddConektas(Shared& shared, const CustomerRow& customer, const CallTerms& terms, std::vector<Dated>& all) {
  if (customer.conekta_customer_id.empty() || !CheckConekta(shared.settings)) co_return Done{};
  HttpRequest request =
      BuildListConektaPaymentSources(shared.settings.conekta, customer.conekta_customer_id, {.limit = kMaxPageLimit});
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), true, terms);
  const Result<ConektaList<ConektaPaymentSource>> list = ReadConektaOutcome(outcome, ParseConektaPaymentSources);
  // Who was removed there has none.
  if (!list && list.error().code == ErrorCode::kNotFound) co_return Done{};
  if (!list) co_return list.error();
  for (const ConektaPaymentSource& one : list->data) {
    if (one.type == "card") all.push_back(ViewOf(one));
  }
  co_return Done{};
}

}  // namespace

Task<Result<PaymentMethods>> ReadPaymentMethods(Shared& shared, CustomerRow customer, CallTerms terms) {
  std::vector<Dated> all;
  if (Status added = co_await AddPolars(shared, customer, terms, all); !added) co_return std::move(added).error();
  if (Status added = co_await AddConektas(shared, customer, terms, all); !added) co_return std::move(added).error();
  std::stable_sort(all.begin(), all.end(), [](const Dated& one, const Dated& other) {
    if (one.view.is_default != other.view.is_default) return one.view.is_default;
    return one.created_at > other.created_at;
  });
  PaymentMethods methods;
  for (Dated& one : all) methods.items.push_back(std::move(one.view));
  co_return methods;
}

}  // namespace plinto::polar::server
