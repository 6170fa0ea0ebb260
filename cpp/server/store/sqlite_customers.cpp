// Customers, checkouts and the answers remembered under idempotency keys.
#include "server/store/sqlite_query.h"
#include "server/store/sqlite_rows.h"

namespace plinto::polar::server::sqlite {
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

}  // namespace

std::optional<CustomerRow> FindCustomer(SqliteConnection& db, const Subject& subject) {
  Query query(db, IsUser(subject) ? "SELECT polar_customer_id, email, name, type FROM polar_customers"
                                    " WHERE tenant = ? AND user_id = ? AND status = 'active'"
                                  : "SELECT polar_customer_id, email, name, type FROM polar_customers"
                                    " WHERE tenant = ? AND organization_id = ? AND status = 'active'");
  if (!query.Bind(kTenant).Bind(subject.id).Step()) return std::nullopt;
  return CustomerRow{subject, query.Text(0), query.Text(1), query.Text(2), query.Text(3) == "team"};
}

void SaveCustomer(SqliteConnection& db, const CustomerRow& customer, Timestamp now) {
  const std::string type = customer.is_team ? "team" : "individual";
  Query update(db,
               "UPDATE polar_customers SET polar_customer_id = ?, email = ?, name = ?, type = ?, status = 'active',"
               " updated_at = ?, deleted_at = NULL WHERE tenant = ? AND (organization_id = ? OR user_id = ?)");
  update.Bind(customer.polar_customer_id).Bind(customer.email).Bind(customer.name).Bind(type).Bind(now);
  update.Bind(kTenant).Bind(OrganizationOf(customer.subject)).Bind(UserOf(customer.subject));
  if (update.Run() > 0) return;
  Query insert(db,
               "INSERT INTO polar_customers (tenant, organization_id, user_id, polar_customer_id, email, name, type,"
               " status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)");
  insert.Bind(kTenant).Bind(OrganizationOf(customer.subject)).Bind(UserOf(customer.subject));
  insert.Bind(customer.polar_customer_id).Bind(customer.email).Bind(customer.name).Bind(type).Bind(now).Bind(now);
  insert.Run();
}

std::optional<IdempotencyRow> ClaimIdempotencyKey(SqliteConnection& db, const IdempotencyRow& claim, Timestamp now) {
  Query expire(db, "DELETE FROM polar_idempotency_keys WHERE created_at < ? OR (answer = '' AND created_at < ?)");
  expire.Bind(now.PlusSeconds(-kIdempotencySeconds)).Bind(now.PlusSeconds(-kAbandonedSeconds)).Run();
  Query find(db,
             "SELECT request_digest, answer FROM polar_idempotency_keys WHERE tenant = ? AND actor = ? AND key = ?");
  if (find.Bind(kTenant).Bind(claim.actor).Bind(claim.key).Step()) {
    return IdempotencyRow{claim.actor, claim.key, find.Text(0), find.Text(1)};
  }
  Query insert(db,
               "INSERT INTO polar_idempotency_keys (tenant, actor, key, request_digest, answer, created_at)"
               " VALUES (?, ?, ?, ?, '', ?)");
  insert.Bind(kTenant).Bind(claim.actor).Bind(claim.key).Bind(claim.request_digest).Bind(now).Run();
  return std::nullopt;
}

void ReleaseIdempotencyKey(SqliteConnection& db, const IdempotencyRow& claim) {
  Query query(db, "DELETE FROM polar_idempotency_keys WHERE tenant = ? AND actor = ? AND key = ? AND answer = ''");
  query.Bind(kTenant).Bind(claim.actor).Bind(claim.key).Run();
}

void SaveCheckout(SqliteConnection& db, const CheckoutRow& checkout, const std::optional<IdempotencyRow>& answered,
                  Timestamp now) {
  // The webhook about a checkout may be faster than this row: then its status is kept.
  Query insert(db,
               "INSERT INTO polar_checkouts (tenant, organization_id, user_id, polar_customer_id, polar_checkout_id,"
               " product_id, product_price_id, status, success_url, embed_origin, polar_metadata, created_at,"
               " updated_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.Bind(kTenant).Bind(OrganizationOf(checkout.subject)).Bind(checkout.user_id).Bind(checkout.polar_customer_id);
  insert.Bind(checkout.polar_checkout_id).Bind(checkout.product_id).BindText(checkout.product_price_id);
  insert.Bind(checkout.status).BindText(checkout.success_url).BindText(checkout.embed_origin).Bind(checkout.metadata);
  insert.Bind(now).Bind(now).Bind(checkout.expires_at).Run();
  if (!answered) return;
  Query remember(db, "UPDATE polar_idempotency_keys SET answer = ? WHERE tenant = ? AND actor = ? AND key = ?");
  remember.Bind(answered->answer).Bind(kTenant).Bind(answered->actor).Bind(answered->key).Run();
}

}  // namespace plinto::polar::server::sqlite
