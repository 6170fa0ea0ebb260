#include "server/store/sql/statements/grant_statements.h"

#include "core/foundation/json.h"
#include "server/base/defects.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kColumns[] =
    "SELECT id, subject_kind, subject_id, coalesce(external_id, ''), tier, features, starts_at, ends_at, source, "
    "reason,"
    " created_by, created_at, coalesce(removed_by, ''), removed_at FROM access_grants WHERE tenant = ?1";
constexpr char kPage[] = " AND (created_at, id) < (?2, ?3) AND (?4 = 1 OR removed_at IS NULL)";
constexpr char kOrder[] = " ORDER BY created_at DESC, id DESC LIMIT ?5";
constexpr auto kFindById = Joined(kColumns, " AND id = ?2 FOR UPDATE");
constexpr auto kFindByExternalId = Joined(kColumns, " AND subject_id = ?2 AND external_id = ?3");
constexpr auto kListAll = Joined(kColumns, kPage, kOrder);
constexpr auto kListOfOne = Joined(kColumns, kPage, " AND subject_id = ?6", kOrder);

std::string KindOf(const Subject& subject) { return subject.kind == Subject::Kind::kUser ? "user" : "organization"; }

std::string FeaturesText(const std::vector<std::string>& features) {
  Json list = EmptyArray();
  for (const std::string& feature : features) list.get_ptr<Json::array_t*>()->push_back(feature);
  return DumpJson(list);
}

std::vector<std::string> ReadFeatures(const std::string& text) {
  std::vector<std::string> features;
  const Result<Json> list = ParseJson(text);
  if (!list || !list->is_array()) return features;
  for (const Json& one : *list->get_ptr<const Json::array_t*>()) {
    if (const auto* feature = one.get_ptr<const std::string*>()) features.push_back(*feature);
  }
  return features;
}

std::optional<Timestamp> TimeOrNone(Query& query, int column) {
  return query.IsNull(column) ? std::nullopt : std::optional(query.Time(column));
}

GrantRow ReadGrant(Query& query) {
  GrantRow row;
  row.grant.id = query.Text(0);
  row.subject = {query.Text(1) == "user" ? Subject::Kind::kUser : Subject::Kind::kOrganization, query.Text(2)};
  row.external_id = query.Text(3);
  if (!query.IsNull(4)) row.grant.tier = query.Text(4);
  row.grant.features = ReadFeatures(query.Text(5));
  row.grant.starts_at = query.Time(6);
  row.grant.ends_at = TimeOrNone(query, 7);
  row.grant.source = query.Text(8);
  row.grant.reason = query.Text(9);
  row.created_by = query.Text(10);
  row.created_at = query.Time(11);
  row.removed_by = query.Text(12);
  row.removed_at = TimeOrNone(query, 13);
  return row;
}

std::optional<GrantRow> FindByExternalId(const Scope& db, const GrantRow& grant) {
  if (grant.external_id.empty()) return std::nullopt;
  Query find(db, kFindByExternalId.data());
  return find.Bind(grant.subject.id).Bind(grant.external_id).Step() ? std::optional(ReadGrant(find)) : std::nullopt;
}

std::int64_t CountOf(const Scope& db, const Subject& subject) {
  Query count(db,
              "SELECT count(*) FROM (SELECT 1 FROM access_grants WHERE tenant = ?1 AND subject_id = ?2"
              " AND removed_at IS NULL ORDER BY created_at, id LIMIT 100) held");
  static_assert(kMostGrants == 100, "the statement above says so");
  return count.Bind(subject.id).Step() ? count.Integer(0) : 0;
}

std::string CustomerOf(const Scope& db, const Subject& subject) {
  Query find(db, subject.kind == Subject::Kind::kUser
                     ? "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
                     : "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2");
  return find.Bind(subject.id).Step() ? find.Text(0) : AccessLineOf(subject);
}

// Whose customer the subject is may change until the customer is locked, too.
std::string LockAccessOf(const Scope& db, const Subject& subject) {
  LockSubject(db, subject.id);
  LockIds(db, {CustomerOf(db, subject), subject.id});
  return CustomerOf(db, subject);
}

void MarkUnlessUntold(const Scope& db, const std::string& line, Timestamp now) {
  if (!HasDefect("grant-untold")) MarkAccess(db, line, now);
}

}  // namespace

std::string AccessLineOf(const Subject& subject) { return KindOf(subject) + ":" + subject.id; }

std::optional<Subject> SubjectOfLine(const std::string& line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string kind = line.substr(0, colon);
  std::string id = line.substr(colon + 1);
  if (kind == "user") return Subject{Subject::Kind::kUser, std::move(id)};
  if (kind == "organization") return Subject{Subject::Kind::kOrganization, std::move(id)};
  return std::nullopt;
}

AddedGrant AddGrant(const Scope& db, const GrantRow& grant, Timestamp now) {
  const std::string line = LockAccessOf(db, grant.subject);
  if (const auto news = FindSubjectNews(db, grant.subject.id); news && news->is_gone) {
    return {GrantFate::kSubjectGone, grant};
  }
  if (auto earlier = FindByExternalId(db, grant)) return {GrantFate::kKnown, *std::move(earlier)};
  if (CountOf(db, grant.subject) >= kMostGrants) return {GrantFate::kTooMany, grant};
  Query insert(
      db,
      "INSERT INTO access_grants (tenant, id, subject_kind, subject_id, external_id, tier, features, starts_at,"
      " ends_at, source, reason, created_by, created_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  insert.Bind(grant.grant.id).Bind(KindOf(grant.subject)).Bind(grant.subject.id).BindText(grant.external_id);
  insert.Bind(grant.grant.tier).Bind(FeaturesText(grant.grant.features)).Bind(grant.grant.starts_at);
  insert.Bind(grant.grant.ends_at).Bind(grant.grant.source).Bind(grant.grant.reason);
  insert.Bind(grant.created_by).Bind(grant.created_at).Run();
  MarkUnlessUntold(db, line, now);
  return {GrantFate::kAdded, grant};
}

std::optional<GrantRow> RemoveGrant(const Scope& db, const std::string& id, const std::optional<Subject>& subject,
                                    const std::string& by, Timestamp now) {
  const auto find = [&] {
    Query query(db, kFindById.data());
    return query.Bind(id).Step() ? std::optional(ReadGrant(query)) : std::nullopt;
  };
  std::optional<GrantRow> row = find();
  if (!row || (subject && row->subject != *subject)) return std::nullopt;
  if (row->removed_at) return row;
  row->removed_by = by;
  row->removed_at = now;
  Query remove(db,
               "UPDATE access_grants SET removed_by = ?2, removed_at = ?3"
               " WHERE tenant = ?1 AND id = ?4 AND removed_at IS NULL");
  remove.Bind(by).Bind(now).Bind(id).Run();
  MarkUnlessUntold(db, CustomerOf(db, row->subject), now);
  return row;
}

std::vector<GrantRow> ListGrants(const Scope& db, const GrantQuery& query) {
  Query list(db, query.subject ? kListOfOne.data() : kListAll.data());
  const PagePlace first{Timestamp{INT64_MAX}, ""};
  const PagePlace& after = query.page.after ? *query.page.after : first;
  list.Bind(after.at).Bind(after.id).Bind(std::int64_t{query.with_removed ? 1 : 0}).Bind(query.page.limit + 1);
  if (query.subject) list.Bind(query.subject->id);
  std::vector<GrantRow> rows;
  while (list.Step()) rows.push_back(ReadGrant(list));
  return rows;
}

std::vector<LocalGrant> GrantsOf(const Scope& db, const Subject& subject) {
  Query list(db,
             "SELECT id, tier, features, starts_at, ends_at, source, reason FROM access_grants"
             " WHERE tenant = ?1 AND subject_id = ?2 AND removed_at IS NULL ORDER BY created_at, id");
  list.Bind(subject.id);
  std::vector<LocalGrant> grants;
  while (list.Step()) {
    LocalGrant grant{.id = list.Text(0), .features = ReadFeatures(list.Text(2)), .starts_at = list.Time(3)};
    if (!list.IsNull(1)) grant.tier = list.Text(1);
    grant.ends_at = TimeOrNone(list, 4);
    grant.source = list.Text(5);
    grant.reason = list.Text(6);
    grants.push_back(std::move(grant));
  }
  return grants;
}

void MoveGrantAccess(const Scope& db, const Subject& subject, const std::string& polar_customer_id, Timestamp now) {
  const std::string line = AccessLineOf(subject);
  {
    Query find(db, "SELECT 1 FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (!find.Bind(line).Step()) return;
  }
  MoveAccess(db, line, polar_customer_id, true, now);
  Query leave(db, "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2");
  leave.Bind(line).Run();
  MarkAccess(db, polar_customer_id, now);
}

void KeepGrantAccess(const Scope& db, const Subject& subject, Timestamp now) {
  if (CountOf(db, subject) > 0) MarkUnlessUntold(db, AccessLineOf(subject), now);
}

int EraseGrants(const Scope& db, const Subject& subject, bool is_told, Timestamp now) {
  const std::string line = AccessLineOf(subject);
  TellEnd(db, line, is_told, now);
  ForgetAccess(db, line);
  Query erase(db, "DELETE FROM access_grants WHERE tenant = ?1 AND subject_id = ?2");
  return erase.Bind(subject.id).Run();
}

}  // namespace plinto::polar::server::sql
