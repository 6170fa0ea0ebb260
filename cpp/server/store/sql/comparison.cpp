#include "server/store/sql/comparison.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "core/billing/fact_order.h"
#include "core/foundation/codec.h"
#include "server/store/sql/statements/mirror_statements.h"

namespace plinto::polar::server::sql {
namespace {

// What decides, and what lists show: ids, words, times and numbers of Polar's.
constexpr auto kOfSubscription = std::to_array<std::string_view>(
    {"status", "product_id", "amount", "currency", "recurring_interval", "recurring_interval_count",
     "current_period_start", "current_period_end", "cancel_at_period_end", "pause_at_period_end", "started_at",
     "trial_end", "canceled_at", "ends_at", "ended_at", "past_due_at", "paused_at", "resumes_at", "seats"});
constexpr auto kOfOrder =
    std::to_array<std::string_view>({"status", "paid", "product_id", "subscription_id", "currency", "total_amount",
                                     "refunded_amount", "billing_reason", "seats"});
constexpr auto kOfRefund = std::to_array<std::string_view>({"order_id", "status", "revoke_benefits"});
constexpr auto kOfSeat = std::to_array<std::string_view>({"status", "subscription_id", "order_id", "member_id"});
constexpr auto kOfMeter = std::to_array<std::string_view>({"consumed_units", "credited_units", "balance"});
constexpr auto kOfCustomer = std::to_array<std::string_view>({"external_id", "deleted_at"});

using Members = std::span<const std::string_view>;

std::string TextOf(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text == nullptr ? DumpJson(value) : *text;
}

// One time has several spellings.
bool IsSame(const Json& left, const Json& right) {
  if (left == right) return true;
  const auto* left_text = left.get_ptr<const std::string*>();
  const auto* right_text = right.get_ptr<const std::string*>();
  if (left_text == nullptr || right_text == nullptr) return false;
  const auto left_time = ParseTimestamp(*left_text);
  const auto right_time = ParseTimestamp(*right_text);
  return left_time && right_time && *left_time == *right_time;
}

std::string ChangeOf(const Json& held, const Json& told, Members members) {
  std::string change;
  for (const std::string_view member : members) {
    const Json* before = FindMember(held, member);
    const Json* after = FindMember(told, member);
    const Json was = before == nullptr ? Json() : *before;
    const Json is = after == nullptr ? Json() : *after;
    if (IsSame(was, is)) continue;
    if (!change.empty()) change += ", ";
    change += std::string(member) + " " + TextOf(was) + " -> " + TextOf(is);
  }
  return change;
}

std::string NewOf(const Json& told) {
  const std::string* status = FindString(told, "status");
  return status == nullptr ? "was not known" : "was not known, status " + *status;
}

// The lists of a state are ordered by id.
template <class T>
const Held<T>* FindById(const std::vector<Held<T>>& list, const std::string& id) {
  const auto at = std::lower_bound(list.begin(), list.end(), id, [](const Held<T>& held, const std::string& wanted) {
    return held.value.id < wanted;
  });
  return at == list.end() || at->value.id != id ? nullptr : &*at;
}

class Comparing {
 public:
  explicit Comparing(const Scope& db) : db_(db) {}

  Comparison Take() { return std::move(found_); }

  /// `find` selects fact_timestamp and snapshot.
  void CompareSnapshot(const char* kind, const std::string& id, const char* find, const Fact& told, Members members,
                       bool (*is_terminal)(const Json&)) {
    Query query(db_, find);
    const Result<Json> is = ParseJson(told.content);
    if (!is) return;
    if (!query.Bind(id).Step()) return Add(kind, id, NewOf(*is));
    const std::string content = query.Text(1);
    const Result<Json> was = ParseJson(content);
    if (!was) return Add(kind, id, "could not be read");
    const std::string change = ChangeOf(*was, *is, members);
    if (change.empty()) return;
    if (Replaces(told, {query.Time(0), is_terminal(*was), content})) return Add(kind, id, change);
    found_.is_in_doubt = true;
  }

  void CompareState(const BillingFact& told) {
    BillingState after = ReadHeldState(db_, told.customer_id);
    const BillingState before = after;
    Merge(after, told);
    CompareLists("subscription", before.subscriptions, after.subscriptions, told.subscriptions, kOfSubscription);
    CompareLists("order", before.orders, after.orders, told.orders, kOfOrder);
    CompareLists("refund", before.refunds, after.refunds, told.refunds, kOfRefund);
    CompareLists("seat", before.seats, after.seats, told.seats, kOfSeat);
    CompareGrants(before, after);
    CompareMeters(before, after);
    if (!before.customer || !after.customer) return;
    const std::string change = ChangeOf(Encode(before.customer->value), Encode(after.customer->value), kOfCustomer);
    if (!change.empty()) Add("customer", told.customer_id, change);
  }

  void CompareCustomer(const CustomerFact& told) {
    Query query(db_,
                "SELECT fact_timestamp, email, name, status FROM polar_customers"
                " WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (!query.Bind(told.polar_customer_id).Step() || query.Time(0) >= told.timestamp) return;
    std::string change;
    if (told.deleted != (query.Text(3) == "deleted")) change = told.deleted ? "deleted" : "not deleted";
    if (!told.deleted && query.Text(1) != told.email) change += change.empty() ? "e-mail" : ", e-mail";
    if (!told.deleted && query.Text(2) != told.name) change += change.empty() ? "name" : ", name";
    if (!change.empty()) Add("customer", told.polar_customer_id, change);
  }

 private:
  // The snapshot of an object and the state have the same change to tell.
  void Add(const std::string& kind, const std::string& id, std::string change) {
    if (added_.emplace(kind, id).second) found_.repairs.push_back({kind, id, std::move(change)});
  }

  template <class T>
  void CompareLists(const char* kind, const std::vector<Held<T>>& before, const std::vector<Held<T>>& after,
                    const std::vector<Held<T>>& told, Members members) {
    for (const Held<T>& one : told) {
      const Held<T>* const was = FindById(before, one.value.id);
      const Held<T>* const is = FindById(after, one.value.id);
      if (was == nullptr || is == nullptr) {
        Add(kind, one.value.id, NewOf(Encode(one.value)));
        continue;
      }
      const std::string change = ChangeOf(Encode(was->value), Encode(is->value), members);
      if (!change.empty()) Add(kind, one.value.id, change);
      if (change.empty() && !ChangeOf(Encode(was->value), Encode(one.value), members).empty()) {
        found_.is_in_doubt = true;
      }
    }
  }

  void CompareGrants(const BillingState& before, const BillingState& after) {
    std::map<std::string, std::string> held;
    for (const GrantInForce& one : GrantsInForce(before)) held.emplace(one.grant_id, one.benefit_id);
    for (const GrantInForce& one : GrantsInForce(after)) {
      if (held.erase(one.grant_id) == 0) Add("grant", one.grant_id, "granted, benefit " + one.benefit_id);
    }
    for (const auto& [grant, benefit] : held) Add("grant", grant, "no longer granted, benefit " + benefit);
  }

  void CompareMeters(const BillingState& before, const BillingState& after) {
    if (!after.customer_state) return;
    std::map<std::string, Json> held;
    if (before.customer_state) {
      for (const MeterView& one : before.customer_state->value.active_meters) held.emplace(one.meter_id, Encode(one));
    }
    for (const MeterView& one : after.customer_state->value.active_meters) {
      const auto was = held.find(one.meter_id);
      const std::string change = was == held.end() ? "was not known" : ChangeOf(was->second, Encode(one), kOfMeter);
      if (!change.empty()) Add("meter", one.meter_id, change);
      if (was != held.end()) held.erase(was);
    }
    for (const auto& [meter, was] : held) Add("meter", meter, "no longer active");
  }

  const Scope& db_;
  Comparison found_;
  std::set<std::pair<std::string, std::string>> added_;
};

bool HasEnded(const Json& subscription) {
  const std::string* status = FindString(subscription, "status");
  const Json* ended = FindMember(subscription, "ended_at");
  return IsTerminalSubscription(status == nullptr ? "" : *status, ended != nullptr && !ended->is_null());
}

bool IsClosed(const Json& order) {
  const std::string* status = FindString(order, "status");
  return status != nullptr && IsTerminalOrder(*status);
}

}  // namespace

Comparison CompareFacts(const Scope& db, const Facts& facts) {
  Comparing comparing(db);
  for (const auto& fact : facts.customers) comparing.CompareCustomer(fact);
  for (const auto& [subscription, timestamp, content, tier] : facts.subscriptions) {
    const bool is_terminal = IsTerminalSubscription(subscription.status.text(), subscription.ended_at.has_value());
    comparing.CompareSnapshot("subscription", subscription.id,
                              "SELECT fact_timestamp, snapshot FROM polar_subscriptions"
                              " WHERE tenant = ?1 AND polar_subscription_id = ?2",
                              {timestamp, is_terminal, content}, kOfSubscription, HasEnded);
  }
  for (const auto& [order, timestamp, content] : facts.orders) {
    comparing.CompareSnapshot(
        "order", order.id,
        "SELECT fact_timestamp, snapshot FROM polar_orders WHERE tenant = ?1 AND polar_order_id = ?2",
        {timestamp, IsTerminalOrder(order.status.text()), content}, kOfOrder, IsClosed);
  }
  for (const BillingFact& fact : GatherBilling(facts)) comparing.CompareState(fact);
  return comparing.Take();
}

}  // namespace plinto::polar::server::sql
