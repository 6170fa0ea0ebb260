#include "server/service/customers/conekta_customers.h"

#include <algorithm>

#include "core/billing/provider.h"
#include "core/conekta/customers.h"
#include "core/conekta/subscriptions.h"
#include "core/polar/customers.h"
#include "server/service/conekta_call.h"

namespace plinto::polar::server {
namespace {

// Conekta wants a telephone number of everybody, and Plinto knows none: that of Conekta's own examples.
constexpr const char* kNoPhone = "+5215555555555";

Error GoneMeanwhile() {
  return {.code = ErrorCode::kCustomerNotFound,
          .message = "The customer was erased while the checkout was being opened. Start a new one."};
}

Error NoKey() {
  return {.code = ErrorCode::kProviderNotConfigured,
          .message =
              "This customer is known to Conekta, too, and there is no key to delete them there. Set "
              "CONEKTA_API_KEY, or erase here alone."};
}

/// The customer at Conekta who bears this id of Polar's; empty where there is none.
Task<Result<std::string>> FindByReference(Host& host, const Settings& settings, std::string polar_id, CallTerms terms) {
  HttpRequest request = BuildListConektaCustomers(settings.conekta, {.limit = kMostConektaItems, .search = polar_id});
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), true, std::move(terms));
  const Result<ConektaList<ConektaCustomer>> found = ReadConektaOutcome(outcome, ParseConektaCustomers);
  if (!found) co_return found.error();
  for (const ConektaCustomer& one : found->data) {
    if (one.custom_reference == polar_id) co_return one.id;
  }
  co_return std::string();
}

Task<Result<std::string>> CreateAtConekta(Host& host, const Settings& settings, std::string polar_id,
                                          ConektaContact contact, CallTerms terms) {
  ConektaCustomerFields fields{
      .name = contact.name, .email = contact.email, .phone = kNoPhone, .custom_reference = polar_id};
  HttpRequest request = BuildCreateConektaCustomer(settings.conekta, fields);
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), false, std::move(terms));
  const Result<ConektaCustomer> created = ReadConektaOutcome(outcome, ParseConektaCustomer);
  if (!created) co_return created.error();
  co_return created->id;
}

bool Runs(const ConektaSubscription& one) { return one.status != "canceled" && one.status != "expired"; }

Task<Status> EndSubscriptions(Host& host, const Settings& settings, std::string customer_id, CallTerms terms) {
  ConektaWalk walk;
  while (const std::optional<ConektaPage> page = walk.Next()) {
    HttpRequest request = BuildListConektaSubscriptions(settings.conekta, customer_id, *page);
    const CallOutcome listed = co_await CallConekta(host, std::move(request), true, terms);
    const Result<ConektaList<ConektaSubscription>> list = ReadConektaOutcome(listed, ParseConektaSubscriptions);
    if (!list) co_return list.error();
    for (const ConektaSubscription& one : list->data) {
      if (!Runs(one)) continue;
      HttpRequest cancel = BuildActOnConektaSubscription(settings.conekta, customer_id, one.id, ConektaAction::kCancel);
      const CallOutcome outcome = co_await CallConekta(host, std::move(cancel), false, terms);
      const Result<ConektaSubscription> ended = ReadConektaOutcome(outcome, ParseConektaSubscription);
      if (!ended) co_return ended.error();
    }
    walk.Take(*list);
  }
  co_return Done{};
}

/// The answer that made them may have been lost. Their country was kept before.
bool MayBeThere(const CustomerRow& customer) {
  const Result<PaymentProvider> provider = DecideProvider(customer.country);
  return provider && *provider == PaymentProvider::kConekta;
}

/// Of whom nothing is stored any more: by what Polar still has under their external id.
Task<Result<std::string>> FindErased(Host& host, const Settings& settings, std::string subject_id, CallTerms terms) {
  HttpRequest request = BuildGetCustomerByExternalId(settings.polar, subject_id);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms);
  const Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (!customer) {
    if (customer.error().code == ErrorCode::kNotFound) co_return std::string();
    co_return customer.error();
  }
  co_return co_await FindByReference(host, settings, customer->id, std::move(terms));
}

}  // namespace

Task<Result<std::string>> EnsureConektaCustomer(Host& host, const Settings& settings, CustomerRow customer,
                                                ConektaContact contact, CallTerms terms) {
  if (!customer.conekta_customer_id.empty()) co_return customer.conekta_customer_id;
  const std::string& polar_id = customer.polar_customer_id;
  Result<std::string> id = co_await FindByReference(host, settings, polar_id, terms);
  if (id && id->empty()) {
    id = co_await CreateAtConekta(host, settings, polar_id, std::move(contact), std::move(terms));
  }
  if (!id) co_return id;
  Result<std::string> kept = co_await host.store.SetConektaCustomer(polar_id, *id);
  if (kept && kept->empty()) co_return GoneMeanwhile();
  co_return kept;
}

Task<Status> DeleteAtConekta(Host& host, const Settings& settings, Subject subject, CallTerms terms) {
  const Result<std::optional<CustomerRow>> row = co_await host.store.FindCustomer(subject);
  if (!row) co_return row.error();
  const bool is_known = *row && !(*row)->conekta_customer_id.empty();
  if (!settings.conekta.IsSet()) {
    if (is_known) co_return NoKey();
    co_return Done{};
  }
  Result<std::string> id = *row ? (*row)->conekta_customer_id : std::string();
  if (!*row) {
    id = co_await FindErased(host, settings, subject.id, terms);
  } else if (!is_known && MayBeThere(**row)) {
    id = co_await FindByReference(host, settings, (*row)->polar_customer_id, terms);
  }
  if (!id) co_return std::move(id).error();
  if (id->empty()) co_return Done{};
  const Status ended = co_await EndSubscriptions(host, settings, *id, terms);
  if (!ended && ended.error().code == ErrorCode::kNotFound) co_return Done{};
  if (!ended) co_return ended;
  HttpRequest request = BuildDeleteConektaCustomer(settings.conekta, *id);
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), true, std::move(terms));
  const Result<ConektaCustomer> deleted = ReadConektaOutcome(outcome, ParseConektaCustomer);
  if (!deleted && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  co_return Done{};
}

}  // namespace plinto::polar::server
