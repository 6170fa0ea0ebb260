// What was given up, deliveries and usage: for people to look at, and to take up again.
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {

std::vector<ParkedWebhook> ListParkedWebhooks(const Scope& db, int limit, std::int64_t after) {
  Query query(db,
              "SELECT id, source, event_id, event_type, coalesce(error_message, ''), created_at, parked_at"
              " FROM polar_webhook_events WHERE tenant = ?1 AND parked_at IS NOT NULL AND id > ?3"
              " ORDER BY id LIMIT ?2");
  query.Bind(limit).Bind(after);
  std::vector<ParkedWebhook> parked;
  while (query.Step()) {
    parked.push_back({query.Integer(0), WebhookSourceFrom(query.Text(1)), query.Text(2), query.Text(3), query.Text(4),
                      query.Time(5), query.Time(6)});
  }
  return parked;
}

std::int64_t ReplayWebhooks(const Scope& db, const std::optional<std::string>& event_id, std::optional<Timestamp> since,
                            Timestamp now) {
  if (event_id) {
    Query update(db,
                 "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND source IN ('polar', "
                 "'plinto', 'conekta')"
                 " AND event_id = ?4 AND parked_at >= ?3 ORDER BY id FOR UPDATE)"
                 " UPDATE polar_webhook_events NOT INDEXED SET next_attempt_at = ?2, attempts = 0, parked_at = NULL"
                 " WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
    return update.Bind(now).Bind(since.value_or(Timestamp{})).Bind(*event_id).Run();
  }
  Query update(db,
               "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND id > 0"
               " AND parked_at IS NOT NULL AND parked_at >= ?3 ORDER BY id FOR UPDATE)"
               " UPDATE polar_webhook_events NOT INDEXED SET next_attempt_at = ?2, attempts = 0, parked_at = NULL"
               " WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  return update.Bind(now).Bind(since.value_or(Timestamp{})).Run();
}

std::vector<ParkedUsage> ListParkedUsage(const Scope& db, int limit, std::int64_t after) {
  Query query(db,
              "SELECT id, organization_id, user_id, external_id, event_name, quantity, coalesce(error_message, ''),"
              " created_at, parked_at FROM polar_usage_events WHERE tenant = ?1 AND parked_at IS NOT NULL AND id > ?3"
              " ORDER BY id LIMIT ?2");
  query.Bind(limit).Bind(after);
  std::vector<ParkedUsage> parked;
  while (query.Step()) {
    Subject subject = query.IsNull(1) ? Subject{Subject::Kind::kUser, query.Text(2)}
                                      : Subject{Subject::Kind::kOrganization, query.Text(1)};
    parked.push_back({query.Integer(0), std::move(subject), query.Text(3), query.Text(4),
                      Decimal::Parse(query.Text(5)).value_or(Decimal()), query.Text(6), query.Time(7), query.Time(8)});
  }
  return parked;
}

std::int64_t ReplayUsage(const Scope& db, std::optional<std::int64_t> row, std::optional<Timestamp> since,
                         Timestamp now) {
  Query update(
      db,
      "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id >= ?4 AND id <= ?5"
      " AND parked_at IS NOT NULL AND parked_at >= ?3 ORDER BY id FOR UPDATE)"
      " UPDATE polar_usage_events NOT INDEXED SET next_attempt_at = ?2, attempts = 0, refusals = 0, refused_at = NULL,"
      " parked_at = NULL WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  update.Bind(now).Bind(since.value_or(Timestamp{})).Bind(row.value_or(0)).Bind(row.value_or(INT64_MAX));
  return update.Run();
}

}  // namespace plinto::polar::server::sql
