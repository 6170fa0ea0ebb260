// The inbox of webhooks: stored before they are acknowledged, then processed, retried or parked.
#include <algorithm>
#include <set>

#include "server/store/engines/sql.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/mirror_statements.h"
#include "server/store/sql/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kTable[] = "polar_webhook_events";
constexpr char kColumns[] = "id, source, event_id, event_type, payload, attempts, coalesce(about, '')";
constexpr auto kSelectDue = SelectDue(kTable, kColumns);
constexpr auto kTakeDue = TakeDue(kTable, kColumns);

std::string TextOf(WebhookSource source) { return source == WebhookSource::kPolar ? "polar" : "plinto"; }

// Deleted at Plinto, or erased here and not heard of since.
bool IsForgotten(const Scope& db, const std::string& about) {
  const std::optional<SubjectNews> news = FindSubjectNews(db, about);
  return (news && news->is_gone) || IsErased(db, about);
}

// The facts' ids are locked, and whom the delivery is about.
void FinishWebhook(const Scope& db, const WebhookOutcome& outcome, Timestamp now) {
  FoldFacts(db, outcome.facts, now);
  const bool processed = outcome.error.empty();
  Query update(db,
               "UPDATE polar_webhook_events SET processed = ?2, processed_at = ?3, error_message = ?4,"
               " attempts = attempts + 1, next_attempt_at = ?5, about = coalesce(?7, about), parked_at = ?8"
               " WHERE tenant = ?1 AND id = ?6");
  const bool is_parked = !processed && !outcome.retry_at;
  update.Bind(processed ? 1 : 0).Bind(processed ? std::optional(now) : std::nullopt);
  update.BindText(WithoutNul(outcome.error)).Bind(processed ? std::nullopt : outcome.retry_at).Bind(outcome.row);
  update.BindText(outcome.about).Bind(is_parked ? std::optional(now) : std::nullopt).Run();
  if (!outcome.about.empty() && IsForgotten(db, outcome.about)) ForgetDeliveries(db, outcome.about, now);
}

}  // namespace

bool AddWebhook(const Scope& db, const WebhookRow& webhook, Timestamp now) {
  Query insert(db,
               "INSERT INTO polar_webhook_events (tenant, source, event_id, event_type, payload, next_attempt_at,"
               " created_at, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING");
  insert.Bind(TextOf(webhook.source)).Bind(webhook.event_id).Bind(webhook.event_type);
  return insert.Bind(webhook.payload).Bind(now).Bind(now).BindText(webhook.about).Run() > 0;
}

std::vector<WebhookRow> DueWebhooks(const Scope& db, Timestamp now, int limit) {
  std::vector<WebhookRow> rows;
  ClaimDue(db, kSelectDue.data(), kTakeDue.data(), now, limit, [&rows](Query& query) {
    rows.push_back({query.Integer(0), query.Text(1) == "polar" ? WebhookSource::kPolar : WebhookSource::kPlinto,
                    query.Text(2), query.Text(3), query.Text(4), static_cast<int>(query.Integer(5)), query.Text(6)});
  });
  std::sort(rows.begin(), rows.end(), [](const WebhookRow& a, const WebhookRow& b) { return a.row < b.row; });
  return rows;
}

std::optional<Timestamp> NextWebhookDue(const Scope& db) {
  Query query(db,
              "SELECT min(next_attempt_at) FROM polar_webhook_events"
              " WHERE tenant = ?1 AND next_attempt_at IS NOT NULL");
  return EarliestOf(query);
}

void FinishWebhooks(const Scope& db, const std::vector<WebhookOutcome>& outcomes, Timestamp now) {
  std::set<std::string> ids;
  for (const WebhookOutcome& outcome : outcomes) {
    ids.merge(IdsIn(outcome.facts));
    if (!outcome.about.empty()) ids.insert(outcome.about);
  }
  LockIds(db, ids);
  for (const WebhookOutcome& outcome : outcomes) FinishWebhook(db, outcome, now);
}

// Nothing of it would be stored any more, so it is done with, whatever has become of it so far. Ids stay, by which
// repetitions are known; and so does news of an end, which holds no more than an id and has yet to reach Polar.
void ForgetDeliveries(const Scope& db, const std::string& about, Timestamp now) {
  Query update(db,
               "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND about = ?3 AND payload <> ''"
               " AND event_type NOT IN ('user.deleted', 'organization.deleted') ORDER BY id FOR UPDATE)"
               " UPDATE polar_webhook_events NOT INDEXED SET payload = '', error_message = NULL, processed = 1,"
               " processed_at = coalesce(processed_at, ?2), next_attempt_at = NULL, parked_at = NULL"
               " WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  update.Bind(now).Bind(about).Run();
}

}  // namespace plinto::polar::server::sql
