#include "server/store/retention.h"

#include <array>

namespace plinto::polar::server {
namespace {

// What somebody else is working on is not waited for: it is pruned another time.
constexpr std::array kStatements = {
    "WITH old AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND processed_at IS NOT NULL"
    " AND processed_at < ?2 AND processed = 1 AND next_attempt_at IS NULL ORDER BY processed_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM polar_webhook_events WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND reported_to_polar_at IS NOT NULL"
    " AND reported_to_polar_at < ?2 AND next_attempt_at IS NULL ORDER BY reported_to_polar_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM polar_usage_events WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT id FROM polar_checkouts WHERE tenant = ?1 AND expires_at < ?2"
    " AND status IN ('open', 'expired', 'failed') ORDER BY expires_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM polar_checkouts WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT id FROM app_notifications WHERE tenant = ?1 AND delivered_at IS NOT NULL"
    " AND delivered_at < ?2 ORDER BY delivered_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM app_notifications WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT subject_id FROM plinto_subjects WHERE tenant = ?1 AND fact_timestamp < ?2 LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM plinto_subjects WHERE tenant = ?1 AND subject_id IN (SELECT subject_id FROM "
    "old)",
};

}  // namespace

Task<Result<std::int64_t>> Retention::Prune(Timestamp before, int limit) const {
  return tenant_.Run<std::int64_t>([before, limit](const Scope& db) {
    std::int64_t pruned = 0;
    for (const char* statement : kStatements) {
      Query query(db, statement);
      pruned += query.Bind(before).Bind(limit).Run();
    }
    return pruned;
  });
}

}  // namespace plinto::polar::server
