// Customers, checkouts and the answers remembered under idempotency keys.
#include "server/store/engines/sql.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/schedule.h"
#include "server/store/sql/statements/grant_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr std::int64_t kIdempotencySeconds = 24 * 3'600;
// A claim without an answer this old belongs to a process that died in between.
constexpr std::int64_t kAbandonedSeconds = 60;

bool IsUser(const Subject& subject) { return subject.kind == Subject::Kind::kUser; }

std::optional<std::string> OrganizationOf(const Subject& subject) {
  return IsUser(subject) ? std::nullopt : std::optional(subject.id);
}
std::optional<std::string> UserOf(const Subject& subject) {
  return IsUser(subject) ? std::optional(subject.id) : std::nullopt;
}

// The newest proof wins: Polar says whose a customer is. Whoever had it here before has it no more, and is told so.
void TakeFromOthers(const Scope& db, const CustomerRow& customer, Timestamp now) {
  Subject before;
  {
    Query find(db,
               "SELECT coalesce(organization_id, ''), coalesce(user_id, '') FROM polar_customers"
               " WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (!find.Bind(customer.polar_customer_id).Step()) return;
    if (find.Text(IsUser(customer.subject) ? 1 : 0) == customer.subject.id) return;
    const bool was_user = find.Text(0).empty();
    before = {was_user ? Subject::Kind::kUser : Subject::Kind::kOrganization, find.Text(was_user ? 1 : 0)};
  }
  TellEnd(db, customer.polar_customer_id, false, now);
  Query access(db, "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2");
  access.Bind(customer.polar_customer_id).Run();
  Query remove(db, "DELETE FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2");
  remove.Bind(customer.polar_customer_id).Run();
  KeepGrantAccess(db, before, now);
}

std::string PolarIdOf(const Scope& db, const Subject& subject) {
  Query find(db, IsUser(subject)
                     ? "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
                     : "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2");
  return find.Bind(subject.id).Step() ? find.Text(0) : std::string();
}

}  // namespace

std::optional<CustomerRow> FindCustomer(const Scope& db, const Subject& subject) {
  Query query(db, IsUser(subject) ? "SELECT polar_customer_id, email, name, type, coalesce(country, ''),"
                                    " coalesce(conekta_customer_id, '') FROM polar_customers"
                                    " WHERE tenant = ?1 AND user_id = ?2 AND status = 'active'"
                                  : "SELECT polar_customer_id, email, name, type, coalesce(country, ''),"
                                    " coalesce(conekta_customer_id, '') FROM polar_customers"
                                    " WHERE tenant = ?1 AND organization_id = ?2 AND status = 'active'");
  if (!query.Bind(subject.id).Step()) return std::nullopt;
  return CustomerRow{.subject = subject,
                     .polar_customer_id = query.Text(0),
                     .email = query.Text(1),
                     .name = query.Text(2),
                     .is_team = query.Text(3) == "team",
                     .country = query.Text(4),
                     .conekta_customer_id = query.Text(5)};
}

bool SaveCustomer(const Scope& db, const CustomerRow& customer, Timestamp now) {
  LockSubject(db, customer.subject.id);
  const std::string before = PolarIdOf(db, customer.subject);
  LockIds(db, {before.empty() ? customer.polar_customer_id : before, customer.polar_customer_id, customer.subject.id});
  if (const auto news = FindSubjectNews(db, customer.subject.id); news && news->is_gone) return false;
  TakeFromOthers(db, customer, now);
  bool is_mirrored = customer.is_mirrored;
  if (!before.empty() && before != customer.polar_customer_id) {
    if (MoveConekta(db, before, customer.polar_customer_id)) is_mirrored = false;
    MoveAccess(db, before, customer.polar_customer_id, is_mirrored, now);
  }
  if (before.empty()) MoveGrantAccess(db, customer.subject, customer.polar_customer_id, now);
  // Nobody could be told of what Polar told before the subject was known here.
  Query untold(db,
               "UPDATE app_access SET check_at = ?2, marks = marks + 1 WHERE tenant = ?1 AND polar_customer_id = ?3"
               " AND told = ''");
  untold.Bind(now).Bind(customer.polar_customer_id).Run();
  const std::string type = customer.is_team ? "team" : "individual";
  Query welcome(db, "DELETE FROM polar_erasures WHERE tenant = ?1 AND polar_customer_id IN (?2, ?3)");
  welcome.Bind(customer.polar_customer_id).Bind(customer.subject.id).Run();
  Query update(db,
               "UPDATE polar_customers SET polar_customer_id = ?2, email = ?3, name = ?4, type = ?5, status = 'active',"
               " updated_at = ?6, deleted_at = NULL, mirrored_at = coalesce(?9, CASE WHEN polar_customer_id = ?2"
               " THEN mirrored_at END), reconcile_at = CASE WHEN polar_customer_id = ?2"
               " THEN coalesce(reconcile_at, ?10) ELSE ?10 END, claimed_until = NULL"
               " WHERE tenant = ?1 AND (organization_id = ?7 OR user_id = ?8)");
  update.Bind(customer.polar_customer_id).Bind(customer.email).Bind(customer.name).Bind(type).Bind(now);
  update.Bind(OrganizationOf(customer.subject))
      .Bind(UserOf(customer.subject))
      .Bind(is_mirrored ? std::optional(now) : std::nullopt);
  const Timestamp due = FirstReconcile(is_mirrored, now);
  update.Bind(due);
  if (update.Run() > 0) return true;
  Query insert(db,
               "INSERT INTO polar_customers (tenant, organization_id, user_id, polar_customer_id, email, name, type,"
               " status, created_at, updated_at, mirrored_at, reconcile_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8, ?9, ?10, ?11)");
  insert.Bind(OrganizationOf(customer.subject)).Bind(UserOf(customer.subject));
  insert.Bind(customer.polar_customer_id).Bind(customer.email).Bind(customer.name).Bind(type).Bind(now).Bind(now);
  insert.Bind(is_mirrored ? std::optional(now) : std::nullopt).Bind(due).Run();
  return true;
}

Introduced IntroduceCustomer(const Scope& db, const CustomerRow& customer, Timestamp since, Timestamp now) {
  LockSubject(db, customer.subject.id);
  LockIds(db, {customer.polar_customer_id, customer.subject.id});
  if (IsErased(db, customer.subject.id) || IsErased(db, customer.polar_customer_id)) return Introduced::kRefused;
  {
    Query find(db, "SELECT status, mirrored_at FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (find.Bind(customer.polar_customer_id).Step()) {
      if (find.Text(0) == "deleted") return Introduced::kRefused;
      const bool is_filled = !find.IsNull(1) && find.Time(1) >= since;
      return is_filled ? Introduced::kFilled : Introduced::kToFill;
    }
  }
  return SaveCustomer(db, customer, now) ? Introduced::kToFill : Introduced::kRefused;
}

std::optional<IdempotencyRow> ClaimIdempotencyKey(const Scope& db, const IdempotencyRow& claim, Timestamp now) {
  const Timestamp expired = now.PlusSeconds(-kIdempotencySeconds);
  const Timestamp abandoned = now.PlusSeconds(-kAbandonedSeconds);
  // A key that is taken and not free again is locked by this too, so that it is there to be read.
  Query take(db,
             "INSERT INTO polar_idempotency_keys AS held (tenant, actor, key, request_digest, answer, created_at)"
             " VALUES (?1, ?2, ?3, ?4, '', ?5) ON CONFLICT (tenant, actor, key) DO UPDATE SET answer = '',"
             " request_digest = excluded.request_digest, created_at = excluded.created_at"
             " WHERE held.created_at < ?6 OR (held.answer = '' AND held.created_at < ?7)");
  take.Bind(claim.actor).Bind(claim.key).Bind(claim.request_digest).Bind(now).Bind(expired).Bind(abandoned);
  if (take.Run() == 0) {
    Query find(
        db, "SELECT request_digest, answer FROM polar_idempotency_keys WHERE tenant = ?1 AND actor = ?2 AND key = ?3");
    if (!find.Bind(claim.actor).Bind(claim.key).Step()) throw std::runtime_error("a claimed key is gone");
    return IdempotencyRow{claim.actor, claim.key, find.Text(0), find.Text(1)};
  }
  Query forget(
      db,
      "WITH free AS (SELECT actor, key FROM polar_idempotency_keys WHERE tenant = ?1 AND created_at < ?2"
      " ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)"
      " DELETE FROM polar_idempotency_keys WHERE tenant = ?1 AND (actor, key) IN (SELECT actor, key FROM free)");
  forget.Bind(expired).Run();
  Query abandon(
      db,
      "WITH free AS (SELECT actor, key FROM polar_idempotency_keys WHERE tenant = ?1 AND answer = ''"
      " AND created_at < ?2 ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)"
      " DELETE FROM polar_idempotency_keys WHERE tenant = ?1 AND (actor, key) IN (SELECT actor, key FROM free)");
  abandon.Bind(abandoned).Run();
  return std::nullopt;
}

void ReleaseIdempotencyKey(const Scope& db, const IdempotencyRow& claim) {
  Query query(db, "DELETE FROM polar_idempotency_keys WHERE tenant = ?1 AND actor = ?2 AND key = ?3 AND answer = ''");
  query.Bind(claim.actor).Bind(claim.key).Run();
}

void SaveCheckout(const Scope& db, const CheckoutRow& checkout, const std::optional<IdempotencyRow>& answered,
                  Timestamp now) {
  // The webhook about a checkout may be faster than this row: then its status is kept.
  Query insert(db,
               "INSERT INTO polar_checkouts (tenant, organization_id, user_id, polar_customer_id, polar_checkout_id,"
               " product_id, product_price_id, status, success_url, embed_origin, polar_metadata, created_at,"
               " updated_at, expires_at, conekta_order_id)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
  insert.Bind(OrganizationOf(checkout.subject)).Bind(checkout.user_id).Bind(checkout.polar_customer_id);
  insert.Bind(checkout.polar_checkout_id).Bind(checkout.product_id).BindText(checkout.product_price_id);
  insert.Bind(checkout.status).BindText(checkout.success_url).BindText(checkout.embed_origin).Bind(checkout.metadata);
  insert.Bind(now).Bind(now).Bind(checkout.expires_at).BindText(checkout.conekta_order_id).Run();
  if (!answered) return;
  Query remember(db, "UPDATE polar_idempotency_keys SET answer = ?4 WHERE tenant = ?1 AND actor = ?2 AND key = ?3");
  remember.Bind(answered->actor).Bind(answered->key).Bind(answered->answer).Run();
}

std::optional<CheckoutRow> FindCheckout(const Scope& db, const Subject& subject, const std::string& id) {
  // An organization's checkouts bear the user who started them as well, so a user's own have no organization.
  Query query(db,
              "SELECT user_id, polar_customer_id, product_id, coalesce(product_price_id, ''), status,"
              " coalesce(success_url, ''), coalesce(embed_origin, ''), polar_metadata, expires_at, updated_at,"
              " coalesce(conekta_order_id, '')"
              " FROM polar_checkouts WHERE tenant = ?1 AND polar_checkout_id = ?2"
              " AND (organization_id = ?3 OR (organization_id IS NULL AND user_id = ?4))");
  query.Bind(id).Bind(OrganizationOf(subject)).Bind(UserOf(subject));
  if (!query.Step()) return std::nullopt;
  return CheckoutRow{.subject = subject,
                     .user_id = query.Text(0),
                     .polar_checkout_id = id,
                     .polar_customer_id = query.Text(1),
                     .product_id = query.Text(2),
                     .product_price_id = query.Text(3),
                     .status = query.Text(4),
                     .success_url = query.Text(5),
                     .embed_origin = query.Text(6),
                     .metadata = query.Text(7),
                     .expires_at = query.Time(8),
                     .updated_at = query.Time(9),
                     .conekta_order_id = query.Text(10)};
}

}  // namespace plinto::polar::server::sql
