#include "server/service/customers/conekta_customers.h"

#include <algorithm>

#include "core/conekta/customers.h"
#include "core/conekta/subscriptions.h"
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

Task<Result<std::string>> CreateAtConekta(Host& host, const Settings& settings, std::string subject_id,
                                          ConektaContact contact, CallTerms terms) {
  ConektaCustomerFields fields{
      .name = contact.name, .email = contact.email, .phone = kNoPhone, .custom_reference = subject_id};
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

/// With all that they have there.
Task<Status> RemoveOne(Host& host, const Settings& settings, std::string customer_id, CallTerms terms) {
  Status ended = co_await EndSubscriptions(host, settings, customer_id, terms);
  if (!ended && ended.error().code == ErrorCode::kNotFound) co_return Done{};
  if (!ended) co_return ended;
  HttpRequest request = BuildDeleteConektaCustomer(settings.conekta, customer_id);
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), true, std::move(terms));
  const Result<ConektaCustomer> deleted = ReadConektaOutcome(outcome, ParseConektaCustomer);
  if (!deleted && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  co_return Done{};
}

}  // namespace

Task<Result<std::vector<std::string>>> FindAtConekta(Host& host, const Settings& settings, std::string subject_id,
                                                     CallTerms terms) {
  HttpRequest request = BuildListConektaCustomers(settings.conekta, {.limit = kMostConektaItems, .search = subject_id});
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), true, std::move(terms));
  const Result<ConektaList<ConektaCustomer>> found = ReadConektaOutcome(outcome, ParseConektaCustomers);
  if (!found) co_return found.error();
  std::vector<std::string> ids;
  for (const ConektaCustomer& one : found->data) {
    if (one.custom_reference == subject_id) ids.push_back(one.id);
  }
  // Conekta lists the newest first.
  std::reverse(ids.begin(), ids.end());
  co_return ids;
}

Task<Result<std::string>> EnsureConektaCustomer(Host& host, const Settings& settings, CustomerRow customer,
                                                ConektaContact contact, CallTerms terms) {
  if (!customer.conekta_customer_id.empty()) co_return customer.conekta_customer_id;
  const std::string& subject_id = customer.subject.id;
  const Result<std::vector<std::string>> found = co_await FindAtConekta(host, settings, subject_id, terms);
  if (!found) co_return found.error();
  const bool is_there = !found->empty();
  Result<std::string> id = is_there ? found->front() : std::string();
  if (!is_there) id = co_await CreateAtConekta(host, settings, subject_id, std::move(contact), terms);
  if (!id) co_return id;
  Result<std::string> kept = co_await host.store.SetConektaCustomer(customer.polar_customer_id, *id);
  // Another checkout was faster, or an erasure: nobody would look for this one again.
  if (kept && *kept != *id && !is_there) {
    static_cast<void>(co_await RemoveOne(host, settings, *std::move(id), std::move(terms)));
  }
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
  // Also of whom none is kept: the answer that made them may have been lost.
  Result<std::vector<std::string>> found = co_await FindAtConekta(host, settings, subject.id, terms);
  if (!found) co_return std::move(found).error();
  if (is_known && std::find(found->begin(), found->end(), (*row)->conekta_customer_id) == found->end()) {
    found->push_back((*row)->conekta_customer_id);
  }
  for (std::string& id : *found) {
    Status removed = co_await RemoveOne(host, settings, std::move(id), terms);
    if (!removed) co_return removed;
  }
  co_return Done{};
}

}  // namespace plinto::polar::server
