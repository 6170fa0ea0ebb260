// How far jobs have come that outlive a process.
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {

std::optional<std::string> FindProgress(const Scope& db, const std::string& job) {
  Query query(db, "SELECT progress FROM job_progress WHERE tenant = ?1 AND job = ?2");
  if (!query.Bind(job).Step()) return std::nullopt;
  return query.Text(0);
}

void SaveProgress(const Scope& db, const std::string& job, const std::string& progress) {
  Query upsert(db,
               "INSERT INTO job_progress (tenant, job, progress) VALUES (?1, ?2, ?3)"
               " ON CONFLICT (tenant, job) DO UPDATE SET progress = excluded.progress");
  upsert.Bind(job).Bind(progress).Run();
}

void CountReadiness(const Scope& db) {
  Query upsert(db,
               "INSERT INTO job_progress (tenant, job, progress) VALUES (?1, 'readiness', '1')"
               " ON CONFLICT (tenant, job) DO UPDATE SET"
               " progress = CAST(CAST(job_progress.progress AS BIGINT) + 1 AS TEXT)");
  upsert.Run();
}

}  // namespace plinto::polar::server::sql
