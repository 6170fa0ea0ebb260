#include "server/store/sql/statements/import_statements.h"

#include "server/store/sql/joined.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kColumns[] =
    "SELECT provider, subscription_id, subject_kind, subject_id, product_id, paid_until, coalesce(grant_id, ''),"
    " coalesce(polar_customer_id, ''), coalesce(checkout_id, ''), coalesce(checkout_url, ''), checkout_expires_at,"
    " coalesce(error_message, ''), rolled_back_at FROM imported_subscribers WHERE tenant = ?1";
constexpr auto kFind = Joined(kColumns, " AND provider = ?2 AND subscription_id = ?3");
constexpr auto kListOfSubject = Joined(kColumns, " AND subject_id = ?2 ORDER BY created_at LIMIT 100");
constexpr auto kList =
    Joined(kColumns, " AND provider = ?2 AND subscription_id > ?3 ORDER BY subscription_id LIMIT ?4");

std::optional<Timestamp> TimeOrNone(Query& query, int column) {
  return query.IsNull(column) ? std::nullopt : std::optional(query.Time(column));
}

ImportRow ReadImport(Query& query) {
  ImportRow row;
  row.provider = query.Text(0);
  row.subscription_id = query.Text(1);
  row.subject = {query.Text(2) == "user" ? Subject::Kind::kUser : Subject::Kind::kOrganization, query.Text(3)};
  row.product_id = query.Text(4);
  row.paid_until = query.Time(5);
  row.grant_id = query.Text(6);
  row.polar_customer_id = query.Text(7);
  row.checkout_id = query.Text(8);
  row.checkout_url = query.Text(9);
  row.checkout_expires_at = TimeOrNone(query, 10);
  row.error = query.Text(11);
  row.rolled_back_at = TimeOrNone(query, 12);
  return row;
}

std::vector<ImportRow> ReadAll(Query& query) {
  std::vector<ImportRow> rows;
  while (query.Step()) rows.push_back(ReadImport(query));
  return rows;
}

}  // namespace

std::optional<ImportRow> FindImport(const Scope& db, const std::string& provider, const std::string& subscription_id) {
  Query find(db, kFind.data());
  return find.Bind(provider).Bind(subscription_id).Step() ? std::optional(ReadImport(find)) : std::nullopt;
}

void SaveImport(const Scope& db, const ImportRow& row, Timestamp now) {
  LockSubject(db, row.subject.id);
  if (const auto news = FindSubjectNews(db, row.subject.id); news && news->is_gone) return;
  Query save(
      db,
      "INSERT INTO imported_subscribers (tenant, provider, subscription_id, subject_kind, subject_id, product_id,"
      " paid_until, grant_id, polar_customer_id, checkout_id, checkout_url, checkout_expires_at, error_message,"
      " rolled_back_at, created_at, updated_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
      " ON CONFLICT (tenant, provider, subscription_id) DO UPDATE SET subject_kind = excluded.subject_kind,"
      " subject_id = excluded.subject_id, product_id = excluded.product_id, paid_until = excluded.paid_until,"
      " grant_id = excluded.grant_id, polar_customer_id = excluded.polar_customer_id,"
      " checkout_id = excluded.checkout_id, checkout_url = excluded.checkout_url,"
      " checkout_expires_at = excluded.checkout_expires_at, error_message = excluded.error_message,"
      " rolled_back_at = excluded.rolled_back_at, updated_at = excluded.updated_at");
  const bool is_user = row.subject.kind == Subject::Kind::kUser;
  save.Bind(row.provider).Bind(row.subscription_id).Bind(std::string(is_user ? "user" : "organization"));
  save.Bind(row.subject.id).Bind(row.product_id).Bind(row.paid_until).BindText(row.grant_id);
  save.BindText(row.polar_customer_id).BindText(row.checkout_id).BindText(row.checkout_url);
  save.Bind(row.checkout_expires_at).BindText(WithoutNul(row.error)).Bind(row.rolled_back_at).Bind(now).Bind(now).Run();
}

std::vector<ImportRow> ListImportsOf(const Scope& db, const Subject& subject) {
  Query list(db, kListOfSubject.data());
  return ReadAll(list.Bind(subject.id));
}

std::vector<ImportRow> ListImports(const Scope& db, const std::string& provider, const std::string& after, int limit) {
  Query list(db, kList.data());
  return ReadAll(list.Bind(provider).Bind(after).Bind(limit));
}

void EraseImports(const Scope& db, const Subject& subject) {
  Query erase(db, "DELETE FROM imported_subscribers WHERE tenant = ?1 AND subject_id = ?2");
  erase.Bind(subject.id).Run();
}

std::vector<CustomerRow> FindCustomersByEmail(const Scope& db, const std::string& email) {
  Query find(db,
             "SELECT polar_customer_id, email, name, type, coalesce(organization_id, ''), coalesce(user_id, '')"
             " FROM polar_customers WHERE tenant = ?1 AND lower(email) = lower(?2) AND email <> ''"
             " AND status = 'active' LIMIT 3");
  find.Bind(email);
  std::vector<CustomerRow> found;
  while (find.Step()) {
    const bool is_user = find.Text(4).empty();
    Subject subject{is_user ? Subject::Kind::kUser : Subject::Kind::kOrganization, find.Text(is_user ? 5 : 4)};
    found.push_back({std::move(subject), find.Text(0), find.Text(1), find.Text(2), find.Text(3) == "team"});
  }
  return found;
}

}  // namespace plinto::polar::server::sql
