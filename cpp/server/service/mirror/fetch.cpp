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
  Facts facts = {};
};

template <class Query, class Item>
Task<Status> FetchList(Fetch& fetch, const List<Query, Item>& list) {
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
      Status told = Tell(fetch.settings, list.event, as_of, Encode(item), fetch.facts);
      if (!told) co_return told;
    }
    fetched += static_cast<std::int64_t>(page->items.size());
    walk.Take(*page);
  }
  co_return Done{};
}

Task<Status> FetchSeats(Fetch& fetch, SeatQuery query) {
  Timestamp as_of;
  HttpRequest request = BuildListSeats(fetch.settings.polar, query);
  const CallOutcome outcome = co_await CallPolar(fetch.host, std::move(request), true, fetch.deadline, &as_of);
  Result<SeatList> list = ReadOutcome(outcome, ParseSeats);
  if (!list) co_return std::move(list).error();
  for (const CustomerSeat& seat : list->seats) {
    Status told = Tell(fetch.settings, "customer_seat.assigned", as_of, Encode(seat), fetch.facts);
    if (!told) co_return told;
  }
  co_return Done{};
}

// Seats are listed by what they are seats of.
Task<Status> FetchAllSeats(Fetch& fetch) {
  std::vector<SeatQuery> queries;
  for (const SubscriptionFact& one : fetch.facts.subscriptions) {
    if (one.subscription.seats) queries.push_back({.subscription_id = one.subscription.id});
  }
  for (const OrderFact& one : fetch.facts.orders) {
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
  if (state) co_return Tell(fetch.settings, "customer.state_changed", as_of, Encode(*state), fetch.facts);
  if (state.error().code != ErrorCode::kNotFound) co_return std::move(state).error();
  Json data = EmptyObject();
  SetMember(data, "id", fetch.customer_id);
  SetMember(data, "deleted_at", FormatTimestamp(as_of));
  co_return Tell(fetch.settings, "customer.deleted", as_of, std::move(data), fetch.facts);
}

}  // namespace

Task<Result<Facts>> FetchCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                  Timestamp deadline) {
  Fetch fetch{host, settings, std::move(polar_customer_id), deadline};
  Status done = co_await FetchState(fetch);
  if (done) done = co_await FetchList(fetch, kSubscriptions);
  if (done) done = co_await FetchList(fetch, kOrders);
  if (done) done = co_await FetchList(fetch, kRefunds);
  if (done) done = co_await FetchList(fetch, kGrants);
  if (done) done = co_await FetchAllSeats(fetch);
  if (!done) co_return std::move(done).error();
  co_return std::move(fetch.facts);
}

}  // namespace plinto::polar::server
