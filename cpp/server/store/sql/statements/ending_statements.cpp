// The last that the application is told of somebody who is no customer here any more.
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "server/base/defects.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

std::string ToldOf(const Scope& db, const std::string& customer) {
  Query find(db, "SELECT told FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2 FOR UPDATE");
  return find.Bind(customer).Step() ? find.Text(0) : std::string();
}

// Its end was written, and the application does not have it: it waits, or was given up.
bool HasUndeliveredEnd(const Scope& db, const std::string& customer) {
  Query find(db,
             "SELECT 1 FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2"
             " AND delivered_at IS NULL AND type = 'access.revoked' LIMIT 1");
  return find.Bind(customer).Step();
}

// What is being told of the customer at this moment.
struct InHand {
  std::optional<std::string> claim = {};
  std::optional<Timestamp> until = {};
};

InHand FindInHand(const Scope& db, const std::string& customer) {
  // All are locked before it is looked: one may be being claimed.
  Query find(db,
             "SELECT claim, claimed_until FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2"
             " AND next_attempt_at IS NOT NULL ORDER BY id FOR UPDATE");
  find.Bind(customer);
  InHand in_hand;
  while (find.Step()) {
    if (!find.IsNull(1)) in_hand = {find.Text(0), find.Time(1)};
  }
  return in_hand;
}

std::string OwnIdOf(const Scope& db, const std::string& subscription) {
  Query find(db,
             "SELECT coalesce(subscription_id, '') FROM polar_subscriptions"
             " WHERE tenant = ?1 AND polar_subscription_id = ?2");
  return find.Bind(subscription).Step() ? find.Text(0) : std::string();
}

// The members of what was told last, of which ids alone are left.
Json LastWord(const Scope& db, const Json& told) {
  Json word = EmptyObject();
  for (const auto& [name, value] : *told.get_ptr<const Json::object_t*>()) {
    SetMember(word, name, name.ends_with("_id") && name != "product_id" ? value : Json());
  }
  SetMember(word, "allowed", false);
  SetMember(word, "reason", "customer_deleted");
  SetMember(word, "cancel_at_period_end", false);
  if (const std::string* subscription = FindString(told, "polar_subscription_id")) {
    const std::string own = OwnIdOf(db, *subscription);
    if (!own.empty()) SetMember(word, "subscription_id", own);
  }
  return word;
}

// One ending has one id, however often its transaction runs.
std::string IdOf(const std::string& customer, Timestamp now) {
  const std::string text = "end " + customer + " " + std::to_string(now.microseconds);
  return UuidFromEntropy(ToHex(DigestSha256(text)).substr(0, 32));
}

}  // namespace

bool TellEnd(const Scope& db, const std::string& customer, bool is_told, Timestamp now) {
  const Result<Json> told = ParseJson(ToldOf(db, customer));
  const bool was_told = told && told->is_object();
  if (!was_told) return false;  // what may wait then is the last word of an earlier end
  const bool is_due = !is_told && (FindBool(*told, "allowed").value_or(false) || HasUndeliveredEnd(db, customer));
  const InHand in_hand = FindInHand(db, customer);
  Query drop(db, "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2");
  drop.Bind(customer).Run();
  if (!is_due || HasDefect("erasure-without-a-last-word")) return false;
  const std::string* subscription = FindString(*told, "polar_subscription_id");
  Query insert(db,
               "INSERT INTO app_notifications (tenant, notification_id, polar_customer_id, polar_subscription_id, type,"
               " data, next_attempt_at, created_at, claim, claimed_until)"
               " VALUES (?1, ?2, ?3, ?4, 'access.revoked', ?5, ?6, ?7, ?8, ?9)");
  insert.Bind(IdOf(customer, now)).Bind(customer).BindText(subscription == nullptr ? "" : *subscription);
  insert.Bind(DumpJson(LastWord(db, *told))).Bind(now).Bind(now);
  // It is not on its way together with what it ends: it waits under the same claim.
  insert.Bind(in_hand.claim).Bind(in_hand.until).Run();
  return true;
}

void ForgetAccess(const Scope& db, const std::string& customer) {
  // Seats are marked by what they are seats of.
  Query access(db,
               "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id IN (SELECT CAST(?2 AS TEXT)"
               " UNION ALL SELECT polar_subscription_id FROM polar_subscriptions"
               " WHERE tenant = ?1 AND polar_customer_id = ?2"
               " UNION ALL SELECT polar_order_id FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2)");
  access.Bind(customer).Run();
  Query told(db,
             "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2 AND next_attempt_at IS NULL");
  told.Bind(customer).Run();
}

void MoveAccess(const Scope& db, const std::string& from, const std::string& to, bool is_mirrored, Timestamp now) {
  const std::string told = ToldOf(db, from);
  if (told.empty()) return;
  // Of a customer whose purchases are not fetched yet it would be told too early that there are none.
  Query carry(db,
              "INSERT INTO app_access (tenant, polar_customer_id, check_at, marks, told) VALUES (?1, ?2, ?3, 1, ?4)"
              " ON CONFLICT (tenant, polar_customer_id) DO UPDATE SET told = excluded.told,"
              " marks = app_access.marks + 1 WHERE app_access.told = ''");
  carry.Bind(to);
  if (is_mirrored) {
    carry.Bind(now);
  } else {
    carry.BindText("");
  }
  carry.Bind(told).Run();
  Query leave(db, "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2");
  leave.Bind(from).Run();
  // Those that were told too: were they told again, it must be before what is told from now on.
  Query notifications(db,
                      "UPDATE app_notifications SET polar_customer_id = ?3"
                      " WHERE tenant = ?1 AND polar_customer_id = ?2");
  notifications.Bind(from).Bind(to).Run();
}

}  // namespace plinto::polar::server::sql
