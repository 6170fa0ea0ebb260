// What Plinto has told of a subject, whose access is to be looked at, and how both are forgotten.
#include "server/store/sql.h"
#include "server/store/statements.h"

namespace plinto::polar::server::sql {

void MarkAccess(const Scope& db, const std::string& polar_customer_id, Timestamp now) {
  Query upsert(db,
               "INSERT INTO app_access (tenant, polar_customer_id, check_at, marks) VALUES (?1, ?2, ?3, 1)"
               " ON CONFLICT (tenant, polar_customer_id) DO UPDATE SET check_at = excluded.check_at,"
               " marks = app_access.marks + 1");
  upsert.Bind(polar_customer_id).Bind(now).Run();
}

void ForgetAccess(const Scope& db, const std::string& polar_customer_id) {
  // Seats are marked by what they are seats of.
  Query access(db,
               "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id IN (SELECT CAST(?2 AS TEXT)"
               " UNION ALL SELECT polar_subscription_id FROM polar_subscriptions"
               " WHERE tenant = ?1 AND polar_customer_id = ?2"
               " UNION ALL SELECT polar_order_id FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2)");
  access.Bind(polar_customer_id).Run();
  Query told(db,
             "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2 AND next_attempt_at IS NULL");
  told.Bind(polar_customer_id).Run();
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

}  // namespace plinto::polar::server::sql
