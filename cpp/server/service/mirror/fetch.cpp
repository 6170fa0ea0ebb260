#include "server/service/mirror/fetch.h"

#include <iterator>

#include "core/polar/client.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

template <class T>
void Append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Status Tell(const Settings& settings, std::string type, Timestamp as_of, Json data, Facts& facts) {
  const WebhookEvent event{std::move(type), as_of, std::move(data)};
  Result<Facts> told = CollectFacts(event, DumpJson(event.data), settings.plans);
  if (!told) {
    return Error{.code = ErrorCode::kUpstreamAnswerInvalid,
                 .message = "Polar's answer is not what its documentation says.",
                 .field = told.error().field,
                 .details = event.type + ": " + told.error().message};
  }
  Append(facts.subscriptions, told->subscriptions);
  Append(facts.orders, told->orders);
  Append(facts.checkouts, told->checkouts);
  Append(facts.customers, told->customers);
  Append(facts.billing, told->billing);
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

/// One customer's, on its way.
struct Fetch {
  Host& host;
  const Settings& settings;
  std::string customer_id;
  Timestamp deadline;
  FetchedCustomer fetched = {};
};

/// Whether the list was read to its end.
template <class Query, class Item>
Task<Result<bool>> FetchList(Fetch& fetch, const List<Query, Item>& list) {
  Query first;
  first.customer_id = {fetch.customer_id};
  first.sorting = {list.sorting};
  first.limit = kMaxPageLimit;
  PageWalk<Query> walk(std::move(first));
  std::int64_t fetched = 0;
  for (auto query = walk.Next(); query && fetched < kMaxFetched; query = walk.Next()) {
    Timestamp as_of;
    HttpRequest request = list.build(fetch.settings.polar, *query);
    const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.deadline, &as_of);
    Result<Page<Item>> page = ReadOutcome(outcome, list.parse);
    if (!page) co_return std::move(page).error();
    for (const Item& item : page->items) {
      Status told = Tell(fetch.settings, list.event, as_of, Encode(item), fetch.fetched.facts);
      if (!told) co_return std::move(told).error();
    }
    fetched += static_cast<std::int64_t>(page->items.size());
    walk.Take(*page);
  }
  co_return !walk.Next();
}

Task<Status> FetchSeats(Fetch& fetch, SeatQuery query) {
  Timestamp as_of;
  HttpRequest request = BuildListSeats(fetch.settings.polar, query);
  const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.deadline, &as_of);
  Result<SeatList> list = ReadOutcome(outcome, ParseSeats);
  if (!list) co_return std::move(list).error();
  for (const CustomerSeat& seat : list->seats) {
    Status told = Tell(fetch.settings, "customer_seat.assigned", as_of, Encode(seat), fetch.fetched.facts);
    if (!told) co_return told;
  }
  co_return Done{};
}

// Seats are listed by what they are seats of.
Task<Status> FetchAllSeats(Fetch& fetch) {
  std::vector<SeatQuery> queries;
  for (const SubscriptionFact& one : fetch.fetched.facts.subscriptions) {
    if (one.subscription.seats) queries.push_back({.subscription_id = one.subscription.id});
  }
  for (const OrderFact& one : fetch.fetched.facts.orders) {
    if (one.order.seats && !one.order.subscription_id) queries.push_back({.order_id = one.order.id});
  }
  for (SeatQuery& query : queries) {
    Status fetched = co_await FetchSeats(fetch, std::move(query));
    if (!fetched) co_return fetched;
  }
  co_return Done{};
}

Task<Status> FetchState(Fetch& fetch) {
  Timestamp as_of;
  HttpRequest request = BuildGetCustomerState(fetch.settings.polar, fetch.customer_id);
  const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.deadline, &as_of);
  Result<CustomerState> state = ReadOutcome(outcome, ParseCustomerState);
  if (state) {
    const Json told = Encode(*state);
    Status collected = Tell(fetch.settings, "customer.state_changed", as_of, told, fetch.fetched.facts);
    if (collected) collected = Tell(fetch.settings, "customer.updated", as_of, told, fetch.fetched.facts);
    co_return collected;
  }
  if (state.error().code != ErrorCode::kNotFound) co_return std::move(state).error();
  fetch.fetched.is_deleted = true;
  Json data = EmptyObject();
  SetMember(data, "id", fetch.customer_id);
  SetMember(data, "deleted_at", FormatTimestamp(as_of));
  co_return Tell(fetch.settings, "customer.deleted", as_of, std::move(data), fetch.fetched.facts);
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
                                                 Timestamp deadline) {
  Fetch fetch{host, settings, std::move(polar_customer_id), deadline};
  Status done = co_await FetchState(fetch);
  if (!done) co_return std::move(done).error();
  Result<bool> all = co_await FetchList(fetch, kSubscriptions);
  if (!all) co_return std::move(all).error();
  fetch.fetched.has_all_subscriptions = *all;
  all = co_await FetchList(fetch, kOrders);
  if (!all) co_return std::move(all).error();
  fetch.fetched.has_all_orders = *all;
  all = co_await FetchList(fetch, kRefunds);
  if (all) all = co_await FetchList(fetch, kGrants);
  if (!all) co_return std::move(all).error();
  done = co_await FetchAllSeats(fetch);
  if (!done) co_return std::move(done).error();
  co_return std::move(fetch.fetched);
}

Task<Result<Facts>> FetchMissing(Host& host, const Settings& settings, std::string kind, HeldSnapshot held,
                                 Timestamp deadline) {
  const bool is_order = kind == "order";
  Timestamp as_of;
  HttpRequest request =
      is_order ? BuildGetOrder(settings.polar, held.id) : BuildGetSubscription(settings.polar, held.id);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, deadline, &as_of);
  if (is_order) co_return TellMissing(settings, kOrderEnded, held, as_of, ReadOutcome(outcome, ParseOrder));
  co_return TellMissing(settings, kSubscriptionEnded, held, as_of, ReadOutcome(outcome, ParseSubscription));
}

Task<Result<Facts>> FetchCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                  Timestamp deadline) {
  Result<FetchedCustomer> fetched = co_await FetchWholeCustomer(host, settings, std::move(polar_customer_id), deadline);
  if (!fetched) co_return std::move(fetched).error();
  co_return std::move(fetched->facts);
}

}  // namespace plinto::polar::server
