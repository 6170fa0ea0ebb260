#include "checks/conekta_mirror.h"

#include <algorithm>

namespace plinto::polar::sim {
namespace {

// A reading is dated by when it was asked for, in whole seconds: its answer is as old as one on its way to a process
// that stands still.
constexpr std::int64_t kOldestAnswerSeconds = 150;

// The mirror's word for what Conekta says (core/conekta/translate.h).
bool IsWordFor(const std::string& word, const std::string& status) {
  if (status == "in_trial") return word == "trialing" || word == "incomplete";
  if (status == "past_due") return word == "past_due" || word == "incomplete";
  if (status == "declined" || status == "pending_payment") return word == "pending";
  if (status == "expired" || status == "canceled") return word == "canceled" || word == "void";
  if (status == "charged_back") return word == "refunded";
  return word == status;
}

std::string Listed(const std::set<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
  return text.empty() ? "none" : text;
}

}  // namespace

void ConektaMirror::OnCommitted() {
  Compare("subscription",
          "SELECT polar_subscription_id, status, fact_timestamp FROM polar_subscriptions WHERE tenant = ?1"
          " AND substr(polar_subscription_id, 1, 4) = 'sub_'");
  Compare("order",
          "SELECT polar_order_id, status, fact_timestamp FROM polar_orders WHERE tenant = ?1"
          " AND substr(polar_order_id, 1, 4) = 'ord_'");
}

void ConektaMirror::Compare(const std::string& kind, const char* sql) {
  for (const Ledger::Row& row : ledger_.Read(sql, {tenant_}, 3)) {
    std::string& seen = seen_[row[0]];
    if (seen == row[1] + row[2]) continue;
    seen = row[1] + row[2];
    const Timestamp asked{std::stoll(row[2])};
    const std::set<std::string> had =
        account_.StatusesOf(row[0], asked.PlusSeconds(-1), asked.PlusSeconds(kOldestAnswerSeconds));
    const bool is_true = std::any_of(had.begin(), had.end(), [&](const auto& one) { return IsWordFor(row[1], one); });
    if (!is_true) {
      ledger_.Break("the mirror has " + kind + " " + row[0] + " as " + row[1] + " at " + FormatTimestamp(asked) +
                    ", when it was at Conekta: " + Listed(had));
    }
  }
}

void ConektaMirror::CheckPaid(const std::string& user) {
  std::set<std::string> here;
  for (const auto& row : ledger_.Read("SELECT o.polar_order_id FROM polar_orders o JOIN polar_customers c"
                                      " ON c.tenant = o.tenant AND c.polar_customer_id = o.polar_customer_id"
                                      " WHERE o.tenant = ?1 AND c.user_id = ?2 AND o.status = 'paid'"
                                      " AND substr(o.polar_order_id, 1, 4) = 'ord_'",
                                      {tenant_, user}, 1)) {
    here.insert(row.front());
  }
  const std::set<std::string> there = account_.PaidOrdersOf(user);
  // Somebody whose erasure has come to nothing half way keeps what they have bought.
  for (const std::string& one : account_.PaidOnceBy(user)) here.erase(one);
  if (here != there) {
    ledger_.Break("the mirror of user " + user + " has the paid orders " + Listed(here) + ", and Conekta " +
                  Listed(there));
  }
}

void ConektaMirror::CheckGone(const std::string& user) {
  const std::vector<std::string> running = account_.RunningOf(user);
  if (!running.empty()) {
    ledger_.Break("user " + user + " was deleted, and subscription " + running.front() + " runs on at Conekta");
  }
  if (account_.HasCustomer(user)) {
    ledger_.Break("user " + user + " was deleted, and is still a customer at Conekta");
  }
}

}  // namespace plinto::polar::sim
