#include "checks/ledger.h"

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"

namespace plinto::polar::sim {

void Ledger::Break(const std::string& sentence) {
  if (broken_) return;
  broken_ = sentence;
  schedule_.Note("BROKEN: " + sentence);
}

std::vector<Ledger::Row> Ledger::Read(const char* sql, const std::vector<std::string>& values, int columns) {
  std::vector<Row> rows;
  std::string problem;
  database_.Submit(
      server::SqlAccess::kRead,
      [&](server::SqlConnection& connection) {
        rows.clear();
        server::Query query(connection, sql);
        for (const std::string& value : values) query.Bind(value);
        while (query.Step()) {
          Row row;
          for (int i = 0; i < columns; ++i) row.push_back(query.IsNull(i) ? std::string() : query.Text(i));
          rows.push_back(std::move(row));
        }
      },
      [&problem](const std::string* failure) {
        if (failure != nullptr) problem = *failure;
      });
  if (!problem.empty()) Break("the simulation's own question to the database failed: " + problem);
  return rows;
}

void Ledger::OnAcknowledged(const std::string& tenant, const std::string& source, const std::string& event_id,
                            const std::string& body) {
  const Delivery delivery{tenant, source, event_id};
  const auto [known, is_new] = acknowledged_.try_emplace(delivery, Known{.acknowledged = schedule_.Now()});
  if (!is_new) return;
  const Result<Json> event = ParseJson(source == "polar" ? body : "{}");
  const std::string* type = event ? FindString(*event, "type") : nullptr;
  const Json* data = event ? FindMember(*event, "data") : nullptr;
  if (type != nullptr && data != nullptr && (type->starts_with("subscription.") || type->starts_with("order."))) {
    known->second.kind = type->substr(0, type->find('.'));
    known->second.object = *FindString(*data, "id");
    known->second.customer = *FindString(*data, "customer_id");
    known->second.date = ParseTimestamp(*FindString(*event, "timestamp")).value_or(Timestamp{});
  }
  Look(delivery, known->second);
}

void Ledger::Look(const Delivery& delivery, Known& known) {
  const auto rows =
      Read("SELECT processed, parked_at FROM polar_webhook_events WHERE tenant = ?1 AND source = ?2 AND event_id = ?3",
           {delivery.tenant, delivery.source, delivery.event_id}, 2);
  if (rows.empty()) {
    Break("delivery " + delivery.event_id + " was acknowledged and is not in the database");
    return;
  }
  const bool is_processed = rows.front()[0] == "1";
  known.is_settled = is_processed || !rows.front()[1].empty();
  if (is_processed && !known.kind.empty()) CheckFact(delivery, known);
}

void Ledger::CheckFact(const Delivery& delivery, const Known& known) {
  const auto erased = Read("SELECT 1 FROM polar_erasures WHERE tenant = ?1 AND polar_customer_id = ?2",
                           {delivery.tenant, known.customer}, 1);
  // Known anew after it was erased: nothing of it is answered before all is fetched.
  const auto unfetched =
      Read("SELECT 1 FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2 AND mirrored_at IS NULL",
           {delivery.tenant, known.customer}, 1);
  if (!erased.empty() || !unfetched.empty()) return;
  // Erased, known again by an answer that was older, and then as another customer of Polar's.
  const auto known_here = Read("SELECT 1 FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2",
                               {delivery.tenant, known.customer}, 1);
  if (known_here.empty() && erased_.contains(delivery.tenant + " " + known.customer)) return;
  const char* const sql =
      known.kind == "order"
          ? "SELECT fact_timestamp FROM polar_orders WHERE tenant = ?1 AND polar_order_id = ?2"
          : "SELECT fact_timestamp FROM polar_subscriptions WHERE tenant = ?1 AND polar_subscription_id = ?2";
  const auto rows = Read(sql, {delivery.tenant, known.object}, 1);
  if (rows.empty() || std::stoll(rows.front()[0]) < known.date.microseconds) {
    Break("delivery " + delivery.event_id + " was processed, and the mirror does not have what it says of " +
          known.kind + " " + known.object + " of customer " + known.customer +
          (rows.empty() ? ": none at all" : ": only what is older"));
  }
}

void Ledger::OnAccepted(const std::string& tenant, const std::string& subject, const std::string& external_id) {
  const bool is_new = accepted_[tenant].insert({subject, external_id}).second;
  const auto rows = Read(
      "SELECT 1 FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2"
      " AND external_id = ?3",
      {tenant, subject, external_id}, 1);
  // What is erased is reported first, and then deleted.
  const auto erased =
      Read("SELECT 1 FROM polar_erasures WHERE tenant = ?1 AND polar_customer_id = ?2", {tenant, subject}, 1);
  if (rows.empty() && is_new && erased.empty()) {
    Break("usage event " + external_id + " was accepted and is not in the database");
  }
}

void Ledger::OnCheckout(const std::string& tenant, const std::string& subject, const std::string& key,
                        const std::string& checkout) {
  if (leaving_[tenant].contains(subject)) return;
  const auto [known, is_new] = checkouts_.try_emplace(tenant + " " + key, checkout);
  if (!is_new && known->second != checkout) {
    Break("one Idempotency-Key, " + key + ", was answered with two checkouts, " + known->second + " and " + checkout);
  }
}

void Ledger::OnRecorded(const std::string& tenant, const std::string& subject, const std::string& external_id,
                        const std::string& quantity) {
  recorded_[tenant].emplace(subject + ":" + external_id, Decimal::Parse(quantity).value_or(Decimal()));
}

void Ledger::OnCommitted() {
  for (const Row& row : Read("SELECT tenant || ' ' || polar_customer_id FROM polar_erasures", {}, 1)) {
    erased_.insert(row.front());
  }
  LookAtDates("SELECT polar_subscription_id, fact_timestamp FROM polar_subscriptions", "subscription");
  LookAtDates("SELECT polar_order_id, fact_timestamp FROM polar_orders", "order");
  for (auto& [delivery, known] : acknowledged_) {
    if (!known.is_settled) Look(delivery, known);
  }
}

void Ledger::LookAtDates(const char* sql, const std::string& kind) {
  // One second: the `Date` of Polar's answers has no more than that.
  const std::int64_t latest = schedule_.Now().PlusSeconds(1).microseconds;
  std::map<std::string, std::int64_t> before;
  before.swap(dates_[kind]);
  for (const Row& row : Read(sql, {}, 2)) {
    const std::int64_t date = std::stoll(row[1]);
    if (date > latest) {
      Break("the fact about " + kind + " " + row[0] + " is dated later than Polar's own clock, by " +
            std::to_string((date - schedule_.Now().microseconds) / 1'000) + " ms");
    }
    const auto known = before.find(row[0]);
    if (known != before.end() && date < known->second) {
      Break("an older fact about " + kind + " " + row[0] + " has replaced a newer one");
    }
    dates_[kind].emplace(row[0], date);
  }
}

void Ledger::CheckInbox() {
  // Retention removes what was processed three days ago.
  const Timestamp old = schedule_.Now().PlusSeconds(-70 * 3'600);
  for (auto& [delivery, known] : acknowledged_) {
    if (known.is_settled && known.acknowledged < old) continue;
    Look(delivery, known);
    if (!known.is_settled) {
      Break("delivery " + delivery.event_id + " was acknowledged, and is neither processed nor listed for people");
    }
  }
}

void Ledger::CheckUsage(const std::string& tenant, const UsageAtPolar& at_polar) {
  for (const UsageId& one : accepted_[tenant]) {
    const std::string id = one.subject + ":" + one.external_id;
    const auto rows = Read(
        "SELECT reported_to_polar_at, next_attempt_at, parked_at, erased, attempts, error_message"
        " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND external_id = ?3",
        {tenant, one.subject, one.external_id}, 6);
    const bool waits =
        !rows.empty() && rows.front()[0].empty() && !(rows.front()[1].empty() && rows.front()[2].empty());
    if (!at_polar.contains(id) && !waits) {
      std::string row = "there is no row";
      if (!rows.empty()) {
        row = "the row has";
        for (const std::string& column : rows.front()) row += " [" + column + "]";
      }
      Break("usage event " + id + " was accepted, and is neither at Polar, waiting nor listed; " + row);
    }
  }
  // What was stored and never acknowledged may be reported as well.
  const std::map<std::string, Decimal>& recorded = recorded_[tenant];
  for (const auto& [id, used] : at_polar) {
    const auto known = recorded.find(id);
    if (known == recorded.end()) {
      Break("Polar has a usage event that nobody has recorded: " + id);
    } else if (used.quantity != known->second) {
      Break("usage event " + id + " is at Polar with a quantity of " +
            (used.quantity ? used.quantity->text() : "nothing") + ", and was recorded with " + known->second.text());
    }
    if (used.times > 1) Break("usage event " + id + " is at Polar " + std::to_string(used.times) + " times");
  }
}

void Ledger::CheckSums(const std::string& tenant, const UsageAtPolar& at_polar, const std::optional<Decimal>& metered) {
  std::map<std::string, Decimal>& recorded = recorded_[tenant];
  DecimalSum at_meter;
  for (const auto& [id, used] : at_polar) at_meter.Add(recorded[id]);
  if (!metered || metered->text() != at_meter.Text()) {
    Break("Polar's meter says " + (metered ? metered->text() : "nothing") + " of what was recorded as " +
          at_meter.Text());
  }
  std::map<std::string, DecimalSum> stored;
  for (const Row& row : Read("SELECT coalesce(organization_id, user_id), external_id FROM polar_usage_events"
                             " WHERE tenant = ?1",
                             {tenant}, 2)) {
    stored[row[0]].Add(recorded[row[0] + ":" + row[1]]);
  }
  for (const Row& row : Read("SELECT coalesce(organization_id, user_id), decimal_sum(quantity) FROM polar_usage_events"
                             " WHERE tenant = ?1 GROUP BY 1",
                             {tenant}, 2)) {
    if (row[1] != stored[row[0]].Text()) {
      Break("the database sums up " + row[1] + " of " + row[0] + ", who has recorded " + stored[row[0]].Text());
    }
  }
}

}  // namespace plinto::polar::sim
