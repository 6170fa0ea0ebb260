#include "server/service/mirror/facts.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/foundation/codec.h"
#include "core/model/checkout.h"
#include "core/webhook/outlined_event.h"

namespace plinto::polar::server {
namespace {

using Plans = std::span<const Plan>;

std::optional<std::string> TierOf(const std::string& product_id, Plans plans) {
  for (const Plan& plan : plans) {
    if (plan.product_id == product_id && !plan.tier.empty()) return plan.tier;
  }
  return std::nullopt;
}

Status CollectSubscription(const WebhookEvent& event, std::string content, Plans plans, Facts& facts) {
  Result<Subscription> read = Decode<Subscription>(event.data);
  if (!read) return std::move(read).error();
  std::optional<std::string> tier = TierOf(read->product_id, plans);
  facts.subscriptions.push_back({*std::move(read), event.timestamp, std::move(content), std::move(tier)});
  return Done{};
}

Status CollectOrder(const WebhookEvent& event, std::string content, Facts& facts) {
  Result<Order> read = Decode<Order>(event.data);
  if (!read) return std::move(read).error();
  facts.orders.push_back({*std::move(read), event.timestamp, std::move(content)});
  return Done{};
}

Status CollectCheckout(const WebhookEvent& event, Facts& facts) {
  Result<Checkout> read = Decode<Checkout>(event.data);
  if (!read) return std::move(read).error();
  facts.checkouts.push_back({read->id, read->status.text(), event.timestamp, read->product_id});
  return Done{};
}

Status CollectCustomer(const WebhookEvent& event, Facts& facts) {
  Result<Customer> read = Decode<Customer>(event.data);
  if (!read) return std::move(read).error();
  const bool deleted = read->deleted_at.has_value() || event.type == "customer.deleted";
  facts.customers.push_back({read->id, read->email.value_or(""), read->name.value_or(""), deleted, event.timestamp});
  return Done{};
}

// What cannot be read is not compared: it decides nothing.
void CollectActive(const WebhookEvent& event, Facts& facts) {
  const std::string* id = FindString(event.data, "id");
  const Json* list = FindMember(event.data, "active_subscriptions");
  const auto* items = list == nullptr ? nullptr : list->get_ptr<const Json::array_t*>();
  if (id == nullptr || items == nullptr) return;
  ActiveFact fact{*id, event.timestamp};
  for (const Json& item : *items) {
    Result<StateSubscription> one = Decode<StateSubscription>(item);
    if (!one) return;
    fact.subscriptions.push_back(*std::move(one));
  }
  facts.active.push_back(std::move(fact));
}

// Whose state the event belongs to. A seat names its holder at most; it is kept with what it is a seat of.
const std::string* OwnerOf(const WebhookEvent& event) {
  if (!event.type.starts_with("customer_seat.")) return CustomerIdOf(event);
  const std::string* subscription = FindString(event.data, "subscription_id");
  return subscription != nullptr ? subscription : FindString(event.data, "order_id");
}

// Neither checkouts nor the orders of subscriptions decide anything. Without them, states do not grow from year to
// year.
bool DecidesNothing(const WebhookEvent& event) {
  return event.type.starts_with("checkout.") ||
         (event.type.starts_with("order.") && FindString(event.data, "subscription_id") != nullptr);
}

Status CollectBilling(const WebhookEvent& event, Facts& facts) {
  if (DecidesNothing(event)) return Done{};
  // What the reducer refuses is refused here, before anything is stored.
  const std::string* owner = OwnerOf(event);
  BillingState state{.customer_id = owner == nullptr ? "" : *owner};
  const Result<Applied> applied = ApplyEvent(state, event);
  if (!applied) return applied.error();
  if (*applied == Applied::kChanged && owner != nullptr) facts.billing.push_back(std::move(state));
  return Done{};
}

Result<Facts> Collect(const WebhookEvent& event, std::string content, Plans plans) {
  Facts facts;
  Status collected = Done{};
  if (event.type.starts_with("subscription.")) {
    collected = CollectSubscription(event, std::move(content), plans, facts);
  } else if (event.type.starts_with("order.")) {
    collected = CollectOrder(event, std::move(content), facts);
  } else if (event.type.starts_with("checkout.")) {
    collected = CollectCheckout(event, facts);
  } else if (event.type == "customer.created" || event.type == "customer.updated" || event.type == "customer.deleted") {
    collected = CollectCustomer(event, facts);
  } else if (event.type == "customer.state_changed") {
    CollectActive(event, facts);
  }
  if (collected) collected = CollectBilling(event, facts);
  if (!collected) return std::move(collected).error();
  return facts;
}

// What the rules read of each object (core/billing/access/entitlements.cpp), what says whose it is, and what orders
// lists. A name that ends with a dot stands for all types that begin so.
struct Deciding {
  std::string_view type;
  std::span<const std::string_view> members;
};
constexpr auto kOfSubscription = std::to_array<std::string_view>(
    {"id", "customer_id", "status", "product_id", "current_period_start", "current_period_end", "seats",
     "cancel_at_period_end", "trial_end", "canceled_at", "pause_at_period_end", "ends_at", "past_due_at", "ended_at",
     "paused_at", "resumes_at"});
constexpr auto kOfOrder = std::to_array<std::string_view>(
    {"id", "customer_id", "status", "product_id", "created_at", "subscription_id", "seats"});
constexpr auto kOfCheckout = std::to_array<std::string_view>({"id", "status", "product_id", "customer_id"});
constexpr auto kOfCustomer = std::to_array<std::string_view>(
    {"id", "external_id", "email", "name", "granted_benefits", "active_meters", "deleted_at"});
constexpr auto kOfRefund =
    std::to_array<std::string_view>({"id", "customer_id", "order_id", "status", "revoke_benefits"});
constexpr auto kOfGrant =
    std::to_array<std::string_view>({"id", "customer_id", "benefit_id", "is_granted", "is_revoked", "subscription_id",
                                     "order_id", "benefit", "granted_at", "properties"});
constexpr auto kOfSeat = std::to_array<std::string_view>({"id", "status", "subscription_id", "order_id", "member_id"});
constexpr Deciding kDeciding[] = {
    {"subscription.", kOfSubscription}, {"order.", kOfOrder},   {"checkout.", kOfCheckout},
    {"customer.", kOfCustomer},         {"refund.", kOfRefund}, {"benefit_grant.", kOfGrant},
    {"customer_seat.", kOfSeat},
};

bool Decides(std::string_view type, std::string_view member) {
  for (const Deciding& one : kDeciding) {
    if (!type.starts_with(one.type)) continue;
    return std::find(one.members.begin(), one.members.end(), member) != one.members.end();
  }
  return true;
}

// The member of the data in which a field lies: `items` of `items[2].tax_amount`.
std::string MemberOf(std::string_view field) {
  constexpr std::string_view kData = "data.";
  if (field.starts_with(kData)) field.remove_prefix(kData.size());
  return std::string(field.substr(0, field.find_first_of(".[")));
}

// What a delivery is read for, by type: what must hold of its data, so that lists can show them too, and the members
// that become facts. A name that ends with a dot stands for all types that begin so; the first row counts.
struct Reading {
  std::string_view type;
  const codec::TypeTable* model;  // null where the views say all that must hold
  std::span<const codec::TypeTable* const> views;
  std::span<const std::string_view> names;
};
// Whom an event is about, and whose state it belongs to.
constexpr auto kOwners = std::to_array<std::string_view>({"id", "customer_id", "subscription_id", "order_id"});
// What the models require beyond the views, and what lists are ordered by.
constexpr auto kRestOfSubscription =
    std::to_array<std::string_view>({"id", "customer_id", "amount", "currency", "recurring_interval",
                                     "recurring_interval_count", "started_at", "created_at"});
constexpr auto kRestOfOrder = std::to_array<std::string_view>({"id", "customer_id", "paid", "subscription_id"});
constexpr auto kRestOfCheckout =
    std::to_array<std::string_view>({"id", "customer_id", "client_secret", "url", "expires_at", "product_id"});
constexpr auto kRestOfCustomer = std::to_array<std::string_view>({"id", "customer_id", "email", "name"});
constexpr auto kRestOfState = std::to_array<std::string_view>({"id", "customer_id", "active_subscriptions"});

template <class... Views>
constexpr std::array<const codec::TypeTable*, sizeof...(Views)> kViews = {&codec::kType<Views>...};

constexpr Reading kReadings[] = {
    {"subscription.", &codec::kType<Subscription>, kViews<SubscriptionView>, kRestOfSubscription},
    {"order.", &codec::kType<Order>, kViews<OrderView>, kRestOfOrder},
    {"checkout.", &codec::kType<Checkout>, kViews<CheckoutView>, kRestOfCheckout},
    {"customer.state_changed", nullptr, kViews<CustomerView, CustomerStateView>, kRestOfState},
    {"customer.", &codec::kType<Customer>, kViews<CustomerView>, kRestOfCustomer},
    {"refund.", nullptr, kViews<RefundView>, kOwners},
    {"benefit_grant.", nullptr, kViews<GrantView>, kOwners},
    {"customer_seat.", nullptr, kViews<SeatView>, kOwners},
};

template <class T>
void AppendList(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

const Reading* FindReading(std::string_view type) {
  for (const Reading& one : kReadings) {
    if (one.type.ends_with('.') ? type.starts_with(one.type) : type == one.type) return &one;
  }
  return nullptr;
}

}  // namespace

void AppendFacts(Facts& to, Facts from) {
  AppendList(to.subscriptions, from.subscriptions);
  AppendList(to.orders, from.orders);
  AppendList(to.checkouts, from.checkouts);
  AppendList(to.customers, from.customers);
  AppendList(to.billing, from.billing);
  to.is_partial = to.is_partial || from.is_partial;
}

std::optional<ReadFacts> ReadFactsOf(std::string_view body, Plans plans) {
  const std::optional<OutlinedEvent> told = OutlinedEvent::Read(body);
  if (!told) return std::nullopt;
  const Reading* const reading = FindReading(told->type());
  if (reading == nullptr) return ReadFacts{.event = told->Pick({}, kOwners), .facts = {}};
  if (reading->model != nullptr && !told->Fits(*reading->model)) return std::nullopt;
  WebhookEvent event = told->Pick(reading->views, reading->names);
  Result<Facts> facts = Collect(event, std::string(told->data()), plans);
  if (!facts) return std::nullopt;
  return ReadFacts{std::move(event), *std::move(facts)};
}

Result<Facts> CollectFacts(const WebhookEvent& event, std::string content, Plans plans,
                           std::vector<std::string>* unread) {
  Result<Facts> facts = Collect(event, std::move(content), plans);
  if (facts) return facts;
  WebhookEvent readable = event;
  for (;;) {
    const Error refusal = facts.error();
    const std::string member = MemberOf(refusal.field);
    if (refusal.code != ErrorCode::kValidationFailed || member.empty() || Decides(event.type, member)) return facts;
    // The first of these that the field takes: nothing, else what says least.
    for (const Json& least :
         {Json(), Json(0), Json(""), Json(false), Json("1970-01-01T00:00:00Z"), Json("https://polar.sh/")}) {
      SetMember(readable.data, member, least);
      facts = Collect(readable, DumpJson(readable.data), plans);
      if (facts || MemberOf(facts.error().field) != member) break;
    }
    if (!facts && MemberOf(facts.error().field) == member) return refusal;
    if (unread != nullptr) unread->push_back(refusal.field);
    if (facts) return facts;
  }
}

}  // namespace plinto::polar::server
