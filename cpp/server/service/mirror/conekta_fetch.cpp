#include "server/service/mirror/conekta_fetch.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/conekta/customers.h"
#include "core/conekta/translate.h"
#include "server/service/conekta_call.h"
#include "server/service/customers/conekta_customers.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/fetch.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

template <class T>
struct Dated {
  T value;
  Timestamp as_of;
};

/// One customer's reading, on its way.
struct ConektaReading {
  Host& host;
  const Settings& settings;
  ConektaOwner owner;
  CallTerms terms;
  std::optional<Timestamp> held = {};  ///< the newest that the mirror held when it began
  std::vector<Dated<ConektaSubscription>> subscriptions = {};
  std::map<std::string, ConektaPlan> plans = {};
  std::map<std::string, Dated<ConektaOrder>> orders = {};  ///< by their ids
  std::optional<Timestamp> gone_at = {};                   ///< since when there is no such customer
};

template <class T>
Task<Result<Dated<T>>> AskConekta(ConektaReading& reading, HttpRequest request, Result<T> (*parse)(const HttpResponse&),
                                  Timestamp* asked_at = nullptr) {
  Timestamp as_of;
  const CallOutcome outcome = co_await CallConekta(reading.host, std::move(request), true, reading.terms, &as_of);
  Result<T> answer = ReadConektaOutcome(outcome, parse);
  if (asked_at != nullptr) *asked_at = as_of;
  if (!answer) co_return std::move(answer).error();
  if (reading.held) as_of = std::max(as_of, Timestamp{reading.held->microseconds + 1});
  co_return Dated<T>{*std::move(answer), as_of};
}

Task<Status> BeginReading(ConektaReading& reading) {
  const Result<ConektaLink> link = co_await reading.host.store.ReadConektaLink(reading.owner.polar_customer_id);
  if (!link) co_return link.error();
  reading.held = link->newest_fact;
  co_return Done{};
}

Task<Status> AskForSubscriptions(ConektaReading& reading) {
  ConektaWalk walk;
  while (const auto page = walk.Next()) {
    if (static_cast<std::int64_t>(reading.subscriptions.size()) >= kMaxFetched) break;
    HttpRequest request =
        BuildListConektaSubscriptions(reading.settings.conekta, reading.owner.conekta_customer_id, *page);
    Timestamp asked_at;
    auto list = co_await AskConekta(reading, std::move(request), ParseConektaSubscriptions, &asked_at);
    if (!list && list.error().code == ErrorCode::kNotFound) {
      reading.gone_at = asked_at;
      co_return Done{};
    }
    if (!list) co_return std::move(list).error();
    walk.Take(list->value);
    for (ConektaSubscription& one : list->value.data) {
      reading.subscriptions.push_back({std::move(one), list->as_of});
    }
  }
  co_return Done{};
}

Task<Status> AskForPlans(ConektaReading& reading) {
  std::set<std::string> ids;
  for (const auto& one : reading.subscriptions) ids.insert(one.value.plan_id);
  for (const std::string& id : ids) {
    auto plan = co_await AskConekta(reading, BuildGetConektaPlan(reading.settings.conekta, id), ParseConektaPlan);
    // One that was deleted still renews; only its amount is not known here.
    if (!plan && plan.error().code == ErrorCode::kNotFound) continue;
    if (!plan) co_return std::move(plan).error();
    reading.plans.emplace(id, std::move(plan->value));
  }
  co_return Done{};
}

Task<Status> AskForOrder(ConektaReading& reading, const std::string& id) {
  if (reading.orders.contains(id)) co_return Done{};
  auto order = co_await AskConekta(reading, BuildGetConektaOrder(reading.settings.conekta, id), ParseConektaOrder);
  if (!order) co_return std::move(order).error();
  reading.orders.emplace(id, *std::move(order));
  co_return Done{};
}

bool IsOverAtConekta(const ConektaSubscription& one) { return one.status == "canceled" || one.status == "expired"; }

Task<Status> AskForLastOrders(ConektaReading& reading) {
  std::vector<std::string> ids;
  for (const auto& one : reading.subscriptions) {
    const std::optional<std::string>& id = one.value.last_billing_cycle_order_id;
    if (id && IsConektaId(*id) && !IsOverAtConekta(one.value)) ids.push_back(*id);
  }
  for (const std::string& id : ids) {
    Status asked = co_await AskForOrder(reading, id);
    if (!asked && asked.error().code != ErrorCode::kNotFound) co_return asked;
  }
  co_return Done{};
}

// Conekta has no filter by customer: whose an order is, it says itself.
Task<Status> SearchOrders(ConektaReading& reading) {
  HttpRequest request = BuildGetConektaCustomer(reading.settings.conekta, reading.owner.conekta_customer_id);
  auto customer = co_await AskConekta(reading, std::move(request), ParseConektaCustomer);
  if (!customer && customer.error().code == ErrorCode::kNotFound) co_return Done{};
  if (!customer) co_return std::move(customer).error();
  const std::string email = customer->value.email.value_or("");
  if (email.empty()) co_return Done{};
  ConektaWalk walk({.search = email});
  std::int64_t found = 0;
  for (auto page = walk.Next(); page && found < kMaxFetched; page = walk.Next()) {
    auto list =
        co_await AskConekta(reading, BuildListConektaOrders(reading.settings.conekta, *page), ParseConektaOrders);
    if (!list) co_return std::move(list).error();
    walk.Take(list->value);
    found += static_cast<std::int64_t>(list->value.data.size());
    for (ConektaOrder& one : list->value.data) {
      if (CustomerOf(one) != reading.owner.conekta_customer_id) continue;
      std::string id = one.id;
      reading.orders.insert_or_assign(std::move(id), Dated<ConektaOrder>{std::move(one), list->as_of});
    }
  }
  co_return Done{};
}

/// Does Conekta have any of these orders? Another account has none of them, and then its key may be why a customer is
/// not there.
Task<Result<bool>> HasOneOf(ConektaReading& reading, std::vector<std::string> order_ids) {
  for (const std::string& id : order_ids) {
    const Status asked = co_await AskForOrder(reading, id);
    if (asked) co_return true;
    if (asked.error().code != ErrorCode::kNotFound) co_return asked.error();
  }
  co_return false;
}

/// Of whom Conekta does not have: were they removed there? False where that cannot be told from the key of another
/// account, which has nothing of theirs either.
Task<Result<bool>> WereRemoved(ConektaReading& reading, std::vector<std::string> order_ids) {
  if (!order_ids.empty()) co_return co_await HasOneOf(reading, std::move(order_ids));
  const Result<CustomerSnapshots> held = co_await reading.host.store.ReadSnapshots(reading.owner.polar_customer_id);
  if (!held) co_return held.error();
  co_return std::none_of(held->subscriptions.begin(), held->subscriptions.end(),
                         [](const Subscription& one) { return IsKeptConektaId(one.id) && !one.ended_at; });
}

// A customer who is known anew, after an erasure or in a new database, may have bought there before.
Task<Status> FindAndKeep(Host& host, const Settings& settings, std::string polar_customer_id, std::string subject_id,
                         CallTerms terms) {
  Result<std::vector<std::string>> found = co_await FindAtConekta(host, settings, std::move(subject_id), terms);
  if (!found) co_return std::move(found).error();
  if (found->empty()) co_return Done{};
  const Result<std::string> kept =
      co_await host.store.SetConektaCustomer(std::move(polar_customer_id), std::move(found->front()));
  if (!kept) co_return kept.error();
  co_return Done{};
}

Error AnothersKey() {
  return {.code = ErrorCode::kProviderNotConfigured,
          .message =
              "Conekta has neither this customer nor any of their orders: CONEKTA_API_KEY may be another account's."};
}

Error NotAsDocumented(const Error& why) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message = "Conekta's answer is not what its documentation says.",
          .field = why.field,
          .details = why.message};
}

Status TellConektas(const ConektaReading& reading, const char* type, Timestamp as_of, Json data, Facts& facts) {
  const std::string* id = FindString(data, "id");
  if (id == nullptr || !IsConektaId(*id) || FindNul(data)) {
    return NotAsDocumented(ValidationError("id", "An id has characters that no id of Conekta's has, or a text a NUL."));
  }
  const WebhookEvent event{type, as_of, std::move(data)};
  Result<Facts> told = CollectFacts(event, DumpJson(event.data), reading.settings.plans);
  if (!told) return NotAsDocumented(told.error());
  AppendFacts(facts, *std::move(told));
  return Done{};
}

Json EncodeRefund(const RefundView& refund, const std::string& customer_id) {
  Json data = Encode(refund);
  SetMember(data, "customer_id", customer_id);
  return data;
}

Status TellOrder(const ConektaReading& reading, const Dated<ConektaOrder>& order,
                 std::span<const ConektaSubscription> subscriptions, Facts& facts) {
  const ConektaOrder& from = order.value;
  if (const std::string purchase = MetadataOf(from, kConektaPurchaseKey); from.checkout && !purchase.empty()) {
    facts.checkouts.push_back({purchase, ToCheckoutStatus(from, order.as_of), order.as_of, std::nullopt});
  }
  if (!IsOrder(from)) return Done{};
  const ConektaTerms terms{reading.owner.polar_customer_id, reading.settings.plans, order.as_of};
  const Order to = ToOrder(from, subscriptions, terms);
  Status told = TellConektas(reading, "order.updated", order.as_of, Encode(to), facts);
  const std::optional<RefundView> refund = to.subscription_id ? std::nullopt : ToRefund(from);
  if (!told || !refund) return told;
  return TellConektas(reading, "refund.updated", order.as_of, EncodeRefund(*refund, to.customer_id), facts);
}

Result<Facts> TellAll(const ConektaReading& reading) {
  Facts facts;
  std::vector<ConektaSubscription> subscriptions;
  for (const auto& one : reading.subscriptions) {
    const auto plan = reading.plans.find(one.value.plan_id);
    const ConektaTerms terms{reading.owner.polar_customer_id, reading.settings.plans, one.as_of};
    const Subscription to = ToSubscription(one.value, plan == reading.plans.end() ? nullptr : &plan->second, terms);
    Status told = TellConektas(reading, "subscription.updated", one.as_of, Encode(to), facts);
    if (!told) return std::move(told).error();
    subscriptions.push_back(one.value);
  }
  for (const auto& [id, order] : reading.orders) {
    Status told = TellOrder(reading, order, subscriptions, facts);
    if (!told) return std::move(told).error();
  }
  return facts;
}

}  // namespace

Task<Result<FetchedFromConekta>> FetchFromConekta(Host& host, const Settings& settings, ConektaOwner owner,
                                                  std::string order_id, CallTerms terms) {
  ConektaReading reading{host, settings, std::move(owner), std::move(terms)};
  FetchedFromConekta fetched;
  Status done = co_await BeginReading(reading);
  if (done && !order_id.empty()) {
    done = co_await AskForOrder(reading, order_id);
    if (done) fetched.other_id = CustomerOf(reading.orders.at(order_id).value);
    if (fetched.other_id == reading.owner.conekta_customer_id) fetched.other_id.clear();
    if (done && !fetched.other_id.empty()) co_return fetched;
  }
  if (done) done = co_await AskForSubscriptions(reading);
  fetched.gone_at = reading.gone_at;
  if (done && reading.gone_at) co_return fetched;
  if (done) done = co_await AskForPlans(reading);
  if (done) done = co_await AskForLastOrders(reading);
  if (!done) co_return std::move(done).error();
  Result<Facts> facts = TellAll(reading);
  if (!facts) co_return std::move(facts).error();
  fetched.facts = *std::move(facts);
  co_return fetched;
}

Task<Result<Facts>> FetchAllOfConekta(Host& host, const Settings& settings, std::string polar_customer_id,
                                      CallTerms terms) {
  if (!settings.conekta.IsSet()) co_return Facts{};
  Result<ConektaLink> link = co_await host.store.ReadConektaLink(polar_customer_id);
  if (!link) co_return std::move(link).error();
  if (link->is_to_find) {
    const Status found = co_await FindAndKeep(host, settings, polar_customer_id, link->subject_id, terms);
    if (!found && found.error().code == ErrorCode::kStoreFailed) co_return found.error();
    // Hardly anybody has bought there: nobody waits for Conekta to be back.
    if (!found) co_return Facts{.is_partial = true};
    link = co_await host.store.ReadConektaLink(polar_customer_id);
    if (!link) co_return std::move(link).error();
  }
  if (link->conekta_customer_id.empty()) co_return Facts{};
  ConektaReading reading{host, settings, {std::move(polar_customer_id), link->conekta_customer_id}, std::move(terms)};
  reading.held = link->newest_fact;
  Status done = co_await AskForSubscriptions(reading);
  if (done && reading.gone_at) {
    const Result<bool> were_removed = co_await WereRemoved(reading, link->order_ids);
    if (!were_removed) co_return were_removed.error();
    if (*were_removed) co_return co_await EndAllOfConekta(host, settings, reading.owner, *reading.gone_at);
    host.log.Warn("Conekta does not have customer " + reading.owner.conekta_customer_id +
                  ", nor any of their orders: what is known of them stays as it is. Check CONEKTA_API_KEY.");
    co_return Facts{};
  }
  if (done) done = co_await AskForPlans(reading);
  if (done) done = co_await SearchOrders(reading);
  if (done) done = co_await AskForLastOrders(reading);
  for (const std::string& id : link->order_ids) {
    if (!done) break;
    done = co_await AskForOrder(reading, id);
    if (!done && done.error().code == ErrorCode::kNotFound) done = Done{};
  }
  if (!done) co_return std::move(done).error();
  co_return TellAll(reading);
}

Task<Result<std::optional<Timestamp>>> FindGoneFromConekta(Host& host, const Settings& settings, ConektaOwner owner,
                                                           CallTerms terms) {
  Result<ConektaLink> link = co_await host.store.ReadConektaLink(owner.polar_customer_id);
  if (!link) co_return std::move(link).error();
  ConektaReading reading{host, settings, std::move(owner), std::move(terms)};
  Status asked = co_await AskForSubscriptions(reading);
  if (!asked) co_return std::move(asked).error();
  if (!reading.gone_at) co_return reading.gone_at;
  const Result<bool> were_removed = co_await WereRemoved(reading, std::move(link->order_ids));
  if (!were_removed) co_return were_removed.error();
  if (!*were_removed) co_return AnothersKey();
  co_return reading.gone_at;
}

Task<Result<Facts>> EndAllOfConekta(Host& host, const Settings& settings, ConektaOwner owner, Timestamp gone_at) {
  ConektaReading reading{host, settings, std::move(owner), CallTerms(host.clock.Now())};
  Status begun = co_await BeginReading(reading);
  if (!begun) co_return std::move(begun).error();
  Result<CustomerSnapshots> held = co_await host.store.ReadSnapshots(reading.owner.polar_customer_id);
  if (!held) co_return std::move(held).error();
  const Timestamp as_of = reading.held ? std::max(gone_at, Timestamp{reading.held->microseconds + 1}) : gone_at;
  Facts facts;
  for (Subscription& one : held->subscriptions) {
    if (!IsKeptConektaId(one.id) || one.ended_at) continue;
    one.status = SubscriptionStatus::kCanceled;
    one.canceled_at = one.canceled_at.value_or(gone_at);
    one.ended_at = gone_at;
    one.ends_at = gone_at;
    Status told = TellConektas(reading, "subscription.updated", as_of, Encode(one), facts);
    if (!told) co_return std::move(told).error();
  }
  co_return facts;
}

}  // namespace plinto::polar::server
