// Deliveries that were given up: for people to look at, and to take up again.
#include "server/store/sql.h"
#include "server/store/statements.h"

namespace plinto::polar::server::sql {

std::vector<ParkedWebhook> ListParkedWebhooks(const Scope& db, int limit) {
  Query query(db,
              "SELECT id, source, event_id, event_type, coalesce(error_message, ''), created_at"
              " FROM polar_webhook_events WHERE tenant = ?1 AND processed = 0 AND next_attempt_at IS NULL"
              " ORDER BY id LIMIT ?2");
  query.Bind(limit);
  std::vector<ParkedWebhook> parked;
  while (query.Step()) {
    parked.push_back({query.Integer(0), query.Text(1) == "polar" ? WebhookSource::kPolar : WebhookSource::kPlinto,
                      query.Text(2), query.Text(3), query.Text(4), query.Time(5)});
  }
  return parked;
}

std::int64_t ReplayWebhooks(const Scope& db, const std::optional<std::string>& event_id, Timestamp now) {
  Query update(db,
               "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND processed = 0"
               " AND next_attempt_at IS NULL AND (CAST(?3 AS TEXT) IS NULL OR event_id = ?3) ORDER BY id FOR UPDATE)"
               " UPDATE polar_webhook_events SET next_attempt_at = ?2, attempts = 0"
               " WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  return update.Bind(now).Bind(event_id).Run();
}

}  // namespace plinto::polar::server::sql
