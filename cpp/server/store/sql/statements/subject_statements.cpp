// What decides what a subject may use: the state folded from Polar's facts, one row per customer; filled, read, erased.
#include <algorithm>
#include <iterator>

#include "core/foundation/codec.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/schedule.h"
#include "server/store/sql/statements/cancellation_statements.h"
#include "server/store/sql/statements/grant_statements.h"
#include "server/store/sql/statements/import_statements.h"
#include "server/store/sql/statements/mirror_statements.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_accounts.h"

namespace plinto::polar::server::sql {
namespace {

BillingState ReadState(const Scope& db, const std::string& owner, bool& readable) {
  readable = true;
  Query find(db, "SELECT state FROM polar_billing_states WHERE tenant = ?1 AND owner = ?2");
  if (find.Bind(owner).Step()) {
    if (Result<BillingState> state = DecodeText<BillingState>(find.Text(0))) return *std::move(state);
    readable = false;
  }
  return {.customer_id = owner};
}

// Seats are kept with what they are seats of: their payloads do not name the customer who bought them.
void AddSeats(const Scope& db, BillingState& state) {
  std::vector<std::string> owners;
  for (const auto& held : state.subscriptions) {
    if (held.value.seats) owners.push_back(held.value.id);
  }
  for (const auto& held : state.orders) {
    if (held.value.seats) owners.push_back(held.value.id);
  }
  for (const std::string& owner : owners) {
    BillingState of_owner = ReadHeldState(db, owner);
    std::move(of_owner.seats.begin(), of_owner.seats.end(), std::back_inserter(state.seats));
  }
  std::sort(state.seats.begin(), state.seats.end(),
            [](const auto& left, const auto& right) { return left.value.id < right.value.id; });
}

int EraseStates(const Scope& db, const std::string& customer_id) {
  Query states(db,
               "DELETE FROM polar_billing_states WHERE tenant = ?1 AND owner IN (SELECT CAST(?2 AS TEXT)"
               " UNION ALL SELECT polar_subscription_id FROM polar_subscriptions"
               " WHERE tenant = ?1 AND polar_customer_id = ?2"
               " UNION ALL SELECT polar_order_id FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2)");
  return states.Bind(customer_id).Run();
}

// Whoever did not answer is given time to come back.
constexpr std::int64_t kPartialSeconds = 600;

int DeleteOf(const Scope& db, const char* sql, const std::string& id) {
  Query query(db, sql);
  return query.Bind(id).Run();
}

// News that is on its way, or that is sent again, must not bring back what was erased. The id is Polar's of a customer
// or Plinto's of a subject.
void RefuseFrom(const Scope& db, const std::string& id, Timestamp now) {
  Query remember(db,
                 "INSERT INTO polar_erasures (tenant, polar_customer_id, erased_at) VALUES (?1, ?2, ?3)"
                 " ON CONFLICT (tenant, polar_customer_id) DO UPDATE SET erased_at = excluded.erased_at");
  remember.Bind(id).Bind(now).Run();
  ForgetDeliveries(db, id, now);
}

void EraseMirror(const Scope& db, const std::string& customer_id, Timestamp now, Erasure& erased) {
  EraseStates(db, customer_id);
  ForgetWhoCanceled(db, customer_id);
  ForgetAccess(db, customer_id);
  erased.subscriptions +=
      DeleteOf(db, "DELETE FROM polar_subscriptions WHERE tenant = ?1 AND polar_customer_id = ?2", customer_id);
  erased.orders += DeleteOf(db, "DELETE FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2", customer_id);
  RefuseFrom(db, customer_id, now);
}

// One customer now; checkouts may bear others, from before one was deleted at Polar.
std::vector<std::string> CustomersOf(const Scope& db, const Subject& subject) {
  Query query(db, subject.kind == Subject::Kind::kUser
                      ? "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
                        " UNION SELECT polar_customer_id FROM polar_checkouts"
                        " WHERE tenant = ?1 AND user_id = ?2 AND organization_id IS NULL"
                      : "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2"
                        " UNION SELECT polar_customer_id FROM polar_checkouts"
                        " WHERE tenant = ?1 AND organization_id = ?2");
  query.Bind(subject.id);
  std::vector<std::string> customers;
  while (query.Step()) customers.push_back(query.Text(0));
  return customers;
}

// Facts of seats are locked by what they are seats of.
void LockForErasing(const Scope& db, const Subject& subject, const std::vector<std::string>& customers) {
  std::set<std::string> ids(customers.begin(), customers.end());
  ids.insert(subject.id);
  for (const std::string& customer : customers) {
    Query query(db,
                "SELECT owner FROM polar_billing_states WHERE tenant = ?1 AND owner IN ("
                "SELECT polar_subscription_id FROM polar_subscriptions WHERE tenant = ?1 AND polar_customer_id = ?2"
                " UNION ALL SELECT polar_order_id FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2)");
    query.Bind(customer);
    while (query.Step()) ids.insert(query.Text(0));
  }
  LockIds(db, ids);
}

// What waits to be reported is reported first. All else is not to be sent any more: it was reported, or refused by
// Polar for good, so that it cannot be billed.
void EraseUsage(const Scope& db, const Subject& subject, Erasure& erased) {
  const bool is_user = subject.kind == Subject::Kind::kUser;
  // All are marked, and thereby locked, before it is looked which of them are done with.
  const int marked = DeleteOf(
      db,
      is_user
          ? "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND user_id = ?2"
            " AND coalesce(organization_id, user_id) = ?2 ORDER BY id FOR UPDATE)"
            " UPDATE polar_usage_events NOT INDEXED SET erased = 1 WHERE tenant = ?1 AND id IN (SELECT id FROM held)"
          : "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND organization_id = ?2"
            " AND coalesce(organization_id, user_id) = ?2 ORDER BY id FOR UPDATE)"
            " UPDATE polar_usage_events NOT INDEXED SET erased = 1 WHERE tenant = ?1 AND id IN (SELECT id FROM held)",
      subject.id);
  erased.usage_events =
      DeleteOf(db,
               is_user ? "DELETE FROM polar_usage_events WHERE tenant = ?1 AND user_id = ?2"
                         " AND coalesce(organization_id, user_id) = ?2 AND erased = 1 AND next_attempt_at IS NULL"
                       : "DELETE FROM polar_usage_events WHERE tenant = ?1 AND organization_id = ?2"
                         " AND coalesce(organization_id, user_id) = ?2 AND erased = 1 AND next_attempt_at IS NULL",
               subject.id);
  erased.usage_events_waiting = marked - erased.usage_events;
  if (db.engine() == SqlEngine::kSqlite) return;
  // Of those that wait the ids are known until they are reported.
  DeleteOf(db,
           "DELETE FROM polar_usage_ids known WHERE tenant = ?1 AND subject = ?2 AND NOT EXISTS"
           " (SELECT 1 FROM polar_usage_events used WHERE used.tenant = ?1 AND used.id = known.event)",
           subject.id);
}

// A state is written whole with each fact, so it holds what the rules read and does not grow with each renewal: whether
// a renewal is paid, its subscription says, and no rule reads checkouts.
BillingFact WhatDecides(BillingFact fact) {
  std::erase_if(fact.orders, [](const Held<OrderView>& held) { return held.value.subscription_id.has_value(); });
  fact.checkouts.clear();
  return fact;
}

}  // namespace

BillingState ReadHeldState(const Scope& db, const std::string& owner) {
  bool readable = false;
  return ReadState(db, owner, readable);
}

void FoldFact(const Scope& db, const BillingFact& fact, Timestamp now) {
  bool readable = true;
  BillingState state = ReadState(db, fact.customer_id, readable);
  if (!readable) {
    // Damaged: what is still known of it is little, so all is fetched again.
    Query doubt(db,
                "UPDATE polar_customers SET mirrored_at = NULL, reconcile_at = ?3"
                " WHERE tenant = ?1 AND polar_customer_id = ?2");
    doubt.Bind(fact.customer_id).Bind(now).Run();
  }
  if (!Merge(state, WhatDecides(fact))) return;
  Query upsert(db,
               "INSERT INTO polar_billing_states (tenant, owner, state, updated_at) VALUES (?1, ?2, ?3, ?4)"
               " ON CONFLICT (tenant, owner) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at");
  upsert.Bind(fact.customer_id).Bind(DumpJson(Encode(state))).Bind(now).Run();
}

SubjectState ReadSubject(const Scope& db, const Subject& subject) {
  SubjectState known{.local_grants = GrantsOf(db, subject)};
  {
    Query query(db, subject.kind == Subject::Kind::kUser
                        ? "SELECT polar_customer_id, email, name, type, status, mirrored_at, coalesce(country, ''),"
                          " coalesce(conekta_customer_id, '') FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
                        : "SELECT polar_customer_id, email, name, type, status, mirrored_at, coalesce(country, ''),"
                          " coalesce(conekta_customer_id, '') FROM polar_customers"
                          " WHERE tenant = ?1 AND organization_id = ?2");
    if (!query.Bind(subject.id).Step()) return known;
    known.customer = CustomerRow{.subject = subject,
                                 .polar_customer_id = query.Text(0),
                                 .email = query.Text(1),
                                 .name = query.Text(2),
                                 .is_team = query.Text(3) == "team",
                                 .is_mirrored = !query.IsNull(5),
                                 .country = query.Text(6),
                                 .conekta_customer_id = query.Text(7)};
    known.is_deleted = query.Text(4) == "deleted";
    if (!query.IsNull(5)) known.verified_at = query.Time(5);
  }
  known.state = ReadHeldState(db, known.customer->polar_customer_id);
  LayCancellations(db, known.state);
  AddSeats(db, known.state);
  return known;
}

void FillMirror(const Scope& db, const std::string& polar_customer_id, const Facts& facts, Timestamp now) {
  std::set<std::string> ids = IdsIn(facts);
  ids.insert(polar_customer_id);
  LockIds(db, ids);
  // Seats are kept under what they are seats of, which is refused by nobody.
  if (IsErased(db, polar_customer_id)) return;
  FoldFetched(db, polar_customer_id, facts, now);
}

void FoldFetched(const Scope& db, const std::string& polar_customer_id, const Facts& facts, Timestamp now) {
  const bool asks_again = facts.asked_at && IsDemandedSince(db, polar_customer_id, *facts.asked_at);
  FoldFacts(db, facts, now);
  MarkVerified(db, polar_customer_id, now);
  if (asks_again) DemandReconcile(db, polar_customer_id, now);
  if (facts.is_partial) DemandReconcile(db, polar_customer_id, now.PlusSeconds(kPartialSeconds));
}

bool IsErased(const Scope& db, const std::string& id) {
  Query find(db, "SELECT 1 FROM polar_erasures WHERE tenant = ?1 AND polar_customer_id = ?2");
  return find.Bind(id).Step();
}

Erasure EraseSubject(const Scope& db, const Subject& subject, Timestamp now) {
  const bool is_user = subject.kind == Subject::Kind::kUser;
  Erasure erased;
  LockSubject(db, subject.id);
  const std::vector<std::string> customers = CustomersOf(db, subject);
  LockForErasing(db, subject, customers);
  // Nobody leaves untold; a subject with several customers ends once.
  bool is_told = false;
  for (const std::string& customer : customers) is_told = TellEnd(db, customer, is_told, now) || is_told;
  for (const std::string& customer : customers) EraseMirror(db, customer, now, erased);
  erased.customers = DeleteOf(db,
                              is_user ? "DELETE FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
                                      : "DELETE FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2",
                              subject.id);
  erased.checkouts =
      DeleteOf(db,
               is_user ? "DELETE FROM polar_checkouts WHERE tenant = ?1 AND user_id = ?2 AND organization_id IS NULL"
                       : "DELETE FROM polar_checkouts WHERE tenant = ?1 AND organization_id = ?2",
               subject.id);
  if (is_user) {
    // An organization's checkout stays its own; who started it is forgotten.
    DeleteOf(db,
             "UPDATE polar_checkouts SET user_id = '' WHERE tenant = ?1 AND user_id = ?2"
             " AND organization_id IS NOT NULL",
             subject.id);
    DeleteOf(db, "UPDATE kept_cancellations SET actor = '' WHERE tenant = ?1 AND actor = ?2", subject.id);
    DeleteOf(db, "DELETE FROM polar_idempotency_keys WHERE tenant = ?1 AND actor = ?2 AND answer <> ''", subject.id);
  }
  erased.grants = EraseGrants(db, subject, is_told, now);
  EraseImports(db, subject);
  RefuseFrom(db, subject.id, now);
  EraseUsageAccounts(db, subject.id);
  ForgetUsageNews(db, subject.id);
  EraseUsage(db, subject, erased);
  return erased;
}

void DeleteErasedUsage(const Scope& db) {
  // Who holds a row that is skipped here is about to delete it.
  if (db.engine() == SqlEngine::kPostgres) {
    Query query(db,
                "WITH done AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND erased = 1"
                " AND next_attempt_at IS NULL FOR UPDATE SKIP LOCKED),"
                " gone AS (DELETE FROM polar_usage_events WHERE tenant = ?1 AND id IN (SELECT id FROM done)"
                " RETURNING id)"
                " DELETE FROM polar_usage_ids WHERE tenant = ?1 AND event IN (SELECT id FROM gone)");
    query.Run();
    return;
  }
  Query query(db,
              "WITH done AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND erased = 1"
              " AND next_attempt_at IS NULL FOR UPDATE SKIP LOCKED)"
              " DELETE FROM polar_usage_events NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM done)");
  query.Run();
}

}  // namespace plinto::polar::server::sql
