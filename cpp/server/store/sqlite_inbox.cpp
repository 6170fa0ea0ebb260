// The inbox of webhooks: stored before they are acknowledged, then processed, retried or parked.
#include "server/store/sqlite_query.h"
#include "server/store/sqlite_rows.h"

namespace plinto::polar::server::sqlite {
namespace {

std::string TextOf(WebhookSource source) { return source == WebhookSource::kPolar ? "polar" : "plinto"; }

}  // namespace

bool AddWebhook(SqliteConnection& db, const WebhookRow& webhook, Timestamp now) {
  Query insert(db,
               "INSERT INTO polar_webhook_events (tenant, source, event_id, event_type, payload, next_attempt_at,"
               " created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  insert.Bind(kTenant).Bind(TextOf(webhook.source)).Bind(webhook.event_id).Bind(webhook.event_type);
  return insert.Bind(webhook.payload).Bind(now).Bind(now).Run() > 0;
}

std::vector<WebhookRow> DueWebhooks(SqliteConnection& db, Timestamp now, int limit) {
  Query query(db,
              "SELECT id, source, event_id, event_type, payload, attempts FROM polar_webhook_events"
              " WHERE next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?");
  query.Bind(now).Bind(limit);
  std::vector<WebhookRow> rows;
  while (query.Step()) {
    rows.push_back({query.Integer(0), query.Text(1) == "polar" ? WebhookSource::kPolar : WebhookSource::kPlinto,
                    query.Text(2), query.Text(3), query.Text(4), static_cast<int>(query.Integer(5))});
  }
  return rows;
}

std::optional<Timestamp> NextWebhookDue(SqliteConnection& db) {
  Query query(db, "SELECT min(next_attempt_at) FROM polar_webhook_events WHERE next_attempt_at IS NOT NULL");
  if (!query.Step() || query.IsNull(0)) return std::nullopt;
  return query.Time(0);
}

void FinishWebhook(SqliteConnection& db, const WebhookOutcome& outcome, Timestamp now) {
  for (const auto& fact : outcome.subscriptions) ApplyFact(db, fact, now);
  for (const auto& fact : outcome.orders) ApplyFact(db, fact, now);
  for (const auto& fact : outcome.states) ApplyFact(db, fact, now);
  for (const auto& fact : outcome.checkouts) ApplyFact(db, fact, now);
  for (const auto& fact : outcome.customers) ApplyFact(db, fact, now);
  const bool processed = outcome.error.empty();
  Query update(db,
               "UPDATE polar_webhook_events SET processed = ?, processed_at = ?, error_message = ?,"
               " attempts = attempts + 1, next_attempt_at = ? WHERE id = ?");
  update.Bind(processed ? 1 : 0).Bind(processed ? std::optional(now) : std::nullopt).BindText(outcome.error);
  update.Bind(processed ? std::nullopt : outcome.retry_at).Bind(outcome.row).Run();
}

}  // namespace plinto::polar::server::sqlite
