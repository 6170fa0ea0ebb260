#include "server/service/mirror/fetch.h"

#include <algorithm>

#include "core/polar/client.h"
#include "server/base/async/side_by_side.h"
#include "server/service/mirror/conekta_fetch.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

Status Tell(const Settings& settings, std::string type, Timestamp as_of, Json data, Facts& facts) {
  const WebhookEvent event{std::move(type), as_of, std::move(data)};
  Result<Facts> told = CollectFacts(event, DumpJson(event.data), settings.plans);
  if (!told) {
    return Error{.code = ErrorCode::kUpstreamAnswerInvalid,
                 .message = "Polar's answer is not what its documentation says.",
                 .field = told.error().field,
                 .details = event.type + ": " + told.error().message};
  }
  AppendFacts(facts, *std::move(told));
  return Done{};
}

/// A list of Polar's that goes by customer, and the event that would tell of one of its items.
template <class Query, class Item>
struct List {
  const char* event;
  const char* sorting;  // newest first, by a time that does not change
  HttpRequest (*build)(const PolarAccount&, const Query&);
  Result<Page<Item>> (*parse)(const HttpResponse&);
};

constexpr List<SubscriptionQuery, Subscription> kSubscriptions = {"subscription.updated", "-started_at",
                                                                  BuildListSubscriptions, ParseSubscriptions};
constexpr List<OrderQuery, Order> kOrders = {"order.updated", "-created_at", BuildListOrders, ParseOrders};
constexpr List<RefundQuery, Refund> kRefunds = {"refund.updated", "-created_at", BuildListRefunds, ParseRefunds};
constexpr List<BenefitGrantQuery, BenefitGrant> kGrants = {"benefit_grant.updated", "-created_at",
                                                           BuildListBenefitGrants, ParseBenefitGrants};

// As many as there are of one customer. They take places of their own among those that wait for Polar.
constexpr std::size_t kListsAtOnce = 5;

/// One customer's, on its way.
struct Fetch {
  Host& host;
  const Settings& settings;
  std::string customer_id;
  CallTerms terms;
};

/// What one of several questions has brought.
struct Part {
  Facts facts = {};
  Status done = Done{};
  bool is_whole = false;    ///< the list was read to its end
  bool is_deleted = false;  ///< Polar does not have the customer
};

template <class Query, class Item>
Task<Status> FetchList(Fetch& fetch, const List<Query, Item>& list, Part& part) {
  Query first;
  first.customer_id = {fetch.customer_id};
  first.sorting = {list.sorting};
  first.limit = kMaxPageLimit;
  PageWalk<Query> walk(std::move(first));
  std::int64_t fetched = 0;
  for (auto query = walk.Next(); query && fetched < kMaxFetched; query = walk.Next()) {
    Timestamp as_of;
    HttpRequest request = list.build(fetch.settings.polar, *query);
    const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.terms, &as_of);
    Result<Page<Item>> page = ReadOutcome(outcome, list.parse);
    if (!page) co_return std::move(page).error();
    for (const Item& item : page->items) {
      Status told = Tell(fetch.settings, list.event, as_of, Encode(item), part.facts);
      if (!told) co_return told;
    }
    fetched += static_cast<std::int64_t>(page->items.size());
    walk.Take(*page);
  }
  part.is_whole = !walk.Next();
  co_return Done{};
}

Task<Status> FetchSeats(Fetch& fetch, SeatQuery query, Part& part) {
  Timestamp as_of;
  HttpRequest request = BuildListSeats(fetch.settings.polar, query);
  const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.terms, &as_of);
  Result<SeatList> list = ReadOutcome(outcome, ParseSeats);
  if (!list) co_return std::move(list).error();
  for (const CustomerSeat& seat : list->seats) {
    Status told = Tell(fetch.settings, "customer_seat.assigned", as_of, Encode(seat), part.facts);
    if (!told) co_return told;
  }
  co_return Done{};
}

/// The first error of them, if there is one; else all that they have brought.
Status AddParts(std::vector<Part>& parts, Facts& facts) {
  for (Part& part : parts) {
    if (!part.done) return std::move(part.done);
    AppendFacts(facts, std::move(part.facts));
  }
  return Done{};
}

// Seats are listed by what they are seats of.
Task<Status> FetchAllSeats(Fetch& fetch, Facts& facts) {
  std::vector<SeatQuery> queries;
  for (const SubscriptionFact& one : facts.subscriptions) {
    if (one.subscription.seats) queries.push_back({.subscription_id = one.subscription.id});
  }
  for (const OrderFact& one : facts.orders) {
    if (one.order.seats && !one.order.subscription_id) queries.push_back({.order_id = one.order.id});
  }
  for (std::size_t at = 0; at < queries.size(); at += kListsAtOnce) {
    std::vector<Part> parts(std::min(kListsAtOnce, queries.size() - at));
    std::vector<Task<void>> asked;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      asked.push_back(KeepValue(FetchSeats(fetch, std::move(queries[at + i]), parts[i]), parts[i].done));
    }
    co_await SideBySide(std::move(asked));
    Status added = AddParts(parts, facts);
    if (!added) co_return added;
  }
  co_return Done{};
}

Task<Status> FetchState(Fetch& fetch, Part& part) {
  Timestamp as_of;
  HttpRequest request = BuildGetCustomerState(fetch.settings.polar, fetch.customer_id);
  const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.terms, &as_of);
  Result<CustomerState> state = ReadOutcome(outcome, ParseCustomerState);
  if (state) {
    const Json told = Encode(*state);
    Status collected = Tell(fetch.settings, "customer.state_changed", as_of, told, part.facts);
    if (collected) collected = Tell(fetch.settings, "customer.updated", as_of, told, part.facts);
    co_return collected;
  }
  if (state.error().code != ErrorCode::kNotFound) co_return std::move(state).error();
  part.is_deleted = true;
  Json data = EmptyObject();
  SetMember(data, "id", fetch.customer_id);
  SetMember(data, "deleted_at", FormatTimestamp(as_of));
  Status told = Tell(fetch.settings, "customer.deleted", as_of, std::move(data), part.facts);
  for (CustomerFact& fact : part.facts.customers) fact.is_missing = true;
  co_return told;
}

/// What the event says of one that exists no more.
struct Ending {
  const char* event;
  const char* status;
  const char* ended;  // the member that says since when; null where there is none
};

constexpr Ending kSubscriptionEnded = {"subscription.updated", "canceled", "ended_at"};
constexpr Ending kOrderEnded = {"order.updated", "void", nullptr};

Result<Facts> TellEnded(const Settings& settings, const Ending& ending, const HeldSnapshot& held, Timestamp as_of) {
  Result<Json> data = ParseJson(held.content);
  if (!data) return std::move(data).error();
  SetMember(*data, "status", ending.status);
  if (ending.ended != nullptr) SetMember(*data, ending.ended, FormatTimestamp(as_of));
  Facts facts;
  Status told = Tell(settings, ending.event, as_of, *std::move(data), facts);
  if (!told) return std::move(told).error();
  return facts;
}

template <class Item>
Result<Facts> TellMissing(const Settings& settings, const Ending& ending, const HeldSnapshot& held, Timestamp as_of,
                          Result<Item> item) {
  if (!item && item.error().code == ErrorCode::kNotFound) return TellEnded(settings, ending, held, as_of);
  if (!item) return std::move(item).error();
  Facts facts;
  Status told = Tell(settings, ending.event, as_of, Encode(*item), facts);
  if (!told) return std::move(told).error();
  return facts;
}

}  // namespace

Task<Result<FetchedCustomer>> FetchWholeCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                                 CallTerms terms) {
  const Timestamp asked_at = host.clock.Now();
  Fetch fetch{host, settings, std::move(polar_customer_id), std::move(terms)};
  // None of them depends on another.
  std::vector<Part> parts(kListsAtOnce);
  std::vector<Task<void>> asked;
  asked.push_back(KeepValue(FetchState(fetch, parts[0]), parts[0].done));
  asked.push_back(KeepValue(FetchList(fetch, kSubscriptions, parts[1]), parts[1].done));
  asked.push_back(KeepValue(FetchList(fetch, kOrders, parts[2]), parts[2].done));
  asked.push_back(KeepValue(FetchList(fetch, kRefunds, parts[3]), parts[3].done));
  asked.push_back(KeepValue(FetchList(fetch, kGrants, parts[4]), parts[4].done));
  co_await SideBySide(std::move(asked));
  FetchedCustomer fetched{.is_deleted = parts[0].is_deleted,
                          .has_all_subscriptions = parts[1].is_whole,
                          .has_all_orders = parts[2].is_whole};
  fetched.facts.asked_at = asked_at;
  Status done = AddParts(parts, fetched.facts);
  // The account has what they bought, so it is theirs, and they were deleted in it.
  if (!fetched.facts.subscriptions.empty() || !fetched.facts.orders.empty()) {
    for (CustomerFact& fact : fetched.facts.customers) fact.is_missing = false;
  }
  if (done) done = co_await FetchAllSeats(fetch, fetched.facts);
  if (!done) co_return std::move(done).error();
  fetched.conekta = co_await FetchAllOfConekta(host, settings, fetch.customer_id, fetch.terms);
  co_return fetched;
}

Task<Result<Facts>> FetchMissing(Host& host, const Settings& settings, std::string kind, HeldSnapshot held,
                                 CallTerms terms) {
  const bool is_order = kind == "order";
  Timestamp as_of;
  HttpRequest request =
      is_order ? BuildGetOrder(settings.polar, held.id) : BuildGetSubscription(settings.polar, held.id);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms, &as_of);
  if (is_order) co_return TellMissing(settings, kOrderEnded, held, as_of, ReadOutcome(outcome, ParseOrder));
  co_return TellMissing(settings, kSubscriptionEnded, held, as_of, ReadOutcome(outcome, ParseSubscription));
}

Task<Result<Facts>> FetchCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                  CallTerms terms) {
  Result<FetchedCustomer> fetched = co_await FetchWholeCustomer(host, settings, std::move(polar_customer_id), terms);
  if (!fetched) co_return std::move(fetched).error();
  if (!fetched->conekta) co_return std::move(fetched->conekta).error();
  AppendFacts(fetched->facts, *std::move(fetched->conekta));
  co_return std::move(fetched->facts);
}

}  // namespace plinto::polar::server
