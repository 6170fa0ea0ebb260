// What Plinto has told of a subject, and whose access is to be looked at.
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {

void MarkAccess(const Scope& db, const std::string& polar_customer_id, Timestamp now) {
  Query upsert(db,
               "INSERT INTO app_access (tenant, polar_customer_id, check_at, marks) VALUES (?1, ?2, ?3, 1)"
               " ON CONFLICT (tenant, polar_customer_id) DO UPDATE SET check_at = excluded.check_at,"
               " marks = app_access.marks + 1");
  upsert.Bind(polar_customer_id).Bind(now).Run();
}

std::optional<SubjectNews> FindSubjectNews(const Scope& db, const std::string& subject_id) {
  Query query(db, "SELECT fact_timestamp, is_gone FROM plinto_subjects WHERE tenant = ?1 AND subject_id = ?2");
  if (!query.Bind(subject_id).Step()) return std::nullopt;
  return SubjectNews{subject_id, query.Time(0), query.Integer(1) != 0};
}

void SaveSubjectNews(const Scope& db, const SubjectNews& news) {
  Query upsert(db,
               "INSERT INTO plinto_subjects (tenant, subject_id, fact_timestamp, is_gone) VALUES (?1, ?2, ?3, ?4)"
               " ON CONFLICT (tenant, subject_id) DO UPDATE SET fact_timestamp = excluded.fact_timestamp,"
               " is_gone = excluded.is_gone WHERE plinto_subjects.is_gone = 0"
               " AND (excluded.is_gone = 1 OR excluded.fact_timestamp > plinto_subjects.fact_timestamp)");
  upsert.Bind(news.subject_id).Bind(news.at).Bind(std::int64_t{news.is_gone ? 1 : 0}).Run();
}

Admission ReadGone(const Scope& db, const std::string& user_id, const std::string& subject_id) {
  Query query(db,
              "SELECT subject_id FROM plinto_subjects WHERE tenant = ?1 AND subject_id IN (?2, ?3) AND is_gone = 1");
  query.Bind(user_id).Bind(subject_id);
  Admission admission;
  while (query.Step()) {
    const std::string gone = query.Text(0);
    admission.is_user_gone |= gone == user_id;
    admission.is_subject_gone |= gone == subject_id;
  }
  return admission;
}

}  // namespace plinto::polar::server::sql
