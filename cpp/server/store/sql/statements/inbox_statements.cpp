// The inbox of webhooks: stored before they are acknowledged, then processed, retried or parked.
#include <set>

#include "server/base/defects.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements/mirror_statements.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/store.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kTable[] = "polar_webhook_events";
constexpr char kColumns[] =
    "id, source, event_id, event_type, coalesce((SELECT payload FROM polar_webhook_payloads body"
    " WHERE body.tenant = ?1 AND body.webhook = polar_webhook_events.id), ''), attempts, coalesce(about, '')";
constexpr auto kSelectDue = SelectDue(kTable, kColumns, " AND source = 'polar'");
constexpr auto kHoldOne = HoldOne(kTable);
constexpr auto kHoldMany = HoldMany(kTable);
constexpr DueStatements kDueWebhooks = {kSelectDue.data(), kHoldOne.data(), kHoldMany.data(), kWebhooksHeldSeconds};

// Of Plinto's events and Conekta's: one of whose subject or customer another one is held waits for that, and an
// organization's first one for those of its owner that came before. ?3 and ?4 as in SelectDue().
constexpr char kIsFreeEvent[] =
    " AND (waits_for IS NULL OR NOT EXISTS (SELECT 1 FROM polar_webhook_events earlier WHERE earlier.tenant = ?1"
    " AND earlier.about = polar_webhook_events.waits_for AND earlier.next_attempt_at IS NOT NULL"
    " AND earlier.id < polar_webhook_events.id))"
    " AND (claimed_until IS NULL OR claimed_until <= ?3 OR claimed_until > ?4)"
    " AND NOT EXISTS (SELECT 1 FROM polar_webhook_events other WHERE other.tenant = ?1"
    " AND other.source = polar_webhook_events.source AND other.about = polar_webhook_events.about"
    " AND other.claimed_until > ?3 AND other.claimed_until <= ?4)";
constexpr auto kFindEvent = Joined(
    "SELECT id, coalesce(about, '') FROM polar_webhook_events WHERE tenant = ?1 AND source = ?5"
    " AND next_attempt_at <= ?2",
    kIsFreeEvent, " ORDER BY next_attempt_at, id LIMIT 1");
constexpr auto kHoldEvent = Joined(
    "UPDATE polar_webhook_events SET claim = ?5, claimed_until = ?6 WHERE tenant = ?1 AND id = ?2"
    " AND next_attempt_at IS NOT NULL",
    kIsFreeEvent, " RETURNING ", kColumns);

std::string TextOf(WebhookSource source) { return std::string(ToText(source)); }

std::int64_t HeldSecondsOf(WebhookSource source) {
  return source == WebhookSource::kPolar ? kWebhooksHeldSeconds : kEventHeldSeconds;
}

WebhookRow ReadWebhook(Query& query) {
  return {query.Integer(0), WebhookSourceFrom(query.Text(1)),   query.Text(2), query.Text(3),
          query.Text(4),    static_cast<int>(query.Integer(5)), query.Text(6)};
}

// Deleted at Plinto, or erased here and not heard of since.
bool IsForgotten(const Scope& db, const std::string& about) {
  const std::optional<SubjectNews> news = FindSubjectNews(db, about);
  return (news && news->is_gone) || IsErased(db, about);
}

// The facts' ids are locked, and whom the delivery is about. A fact is one whoever brings it; what became of the row is
// written by whoever holds it.
bool FinishWebhook(const Scope& db, const WebhookOutcome& outcome, Timestamp now) {
  if (!HasDefect("finish-without-facts")) FoldFacts(db, outcome.facts, now);
  if (outcome.verify_customer) DemandReconcile(db, outcome.about, now);
  const bool processed = outcome.error.empty();
  Query update(db,
               "UPDATE polar_webhook_events SET processed = ?2, processed_at = ?3, error_message = ?4,"
               " attempts = attempts + 1, next_attempt_at = ?5, about = coalesce(?7, about), parked_at = ?8,"
               " claim = NULL, claimed_until = NULL"
               " WHERE tenant = ?1 AND id = ?6 AND next_attempt_at IS NOT NULL AND coalesce(claim, '') = ?9");
  const bool is_parked = !processed && !outcome.retry_at;
  update.Bind(processed ? 1 : 0).Bind(processed ? std::optional(now) : std::nullopt);
  update.BindText(WithoutNul(outcome.error)).Bind(processed ? std::nullopt : outcome.retry_at).Bind(outcome.row);
  update.BindText(outcome.about).Bind(is_parked ? std::optional(now) : std::nullopt).Bind(outcome.claim);
  const bool is_marked = update.Run() > 0;
  if (!outcome.about.empty() && IsForgotten(db, outcome.about)) ForgetDeliveries(db, outcome.about, now);
  return is_marked;
}

}  // namespace

bool AddWebhook(const Scope& db, const WebhookRow& webhook, Timestamp now) {
  Query insert(db,
               "INSERT INTO polar_webhook_events (tenant, source, event_id, event_type, next_attempt_at, created_at,"
               " about, waits_for) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING RETURNING id");
  insert.Bind(TextOf(webhook.source)).Bind(webhook.event_id).Bind(webhook.event_type);
  insert.Bind(now).Bind(now).BindText(webhook.about).BindText(webhook.waits_for);
  if (!insert.Step()) return false;
  Query keep(db, "INSERT INTO polar_webhook_payloads (tenant, webhook, payload) VALUES (?1, ?2, ?3)");
  keep.Bind(insert.Integer(0)).Bind(webhook.payload).Run();
  return true;
}

std::vector<WebhookRow> ClaimWebhooks(const Scope& db, const std::string& claim, Timestamp now, int limit) {
  return ClaimDue<WebhookRow>(db, kDueWebhooks, claim, now, limit, ReadWebhook);
}

// The subject is locked, and no row, so that servers which claim of one subject do so one after the other, and wait for
// nobody who waits for them. The statement after the lock sees what the one before has claimed.
std::optional<WebhookRow> ClaimEvent(const Scope& db, WebhookSource source, const std::string& claim, Timestamp now) {
  const Timestamp database_now = DatabaseNow(db, now);
  const Timestamp until = database_now.PlusSeconds(kEventHeldSeconds);
  const Timestamp latest = LatestClaimEnd(database_now, kEventHeldSeconds);
  std::int64_t row = 0;
  std::string about;
  {
    Query find(db, kFindEvent.data());
    if (!find.Bind(now).Bind(database_now).Bind(latest).Bind(TextOf(source)).Step()) return std::nullopt;
    row = find.Integer(0);
    about = find.Text(1);
  }
  if (!about.empty()) LockIds(db, {about});
  Query hold(db, kHoldEvent.data());
  if (!hold.Bind(row).Bind(database_now).Bind(latest).Bind(claim).Bind(until).Step()) return std::nullopt;
  WebhookRow webhook = ReadWebhook(hold);
  webhook.claim = claim;
  return webhook;
}

void GiveBackWebhooks(const Scope& db, const std::string& claim) {
  Query update(
      db,
      "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND source IN ('polar', 'plinto', 'conekta')"
      " AND claimed_until > 0 AND claim = ?2 ORDER BY id FOR UPDATE)"
      " UPDATE polar_webhook_events NOT INDEXED SET claim = NULL, claimed_until = NULL"
      " WHERE tenant = ?1 AND id IN (SELECT id FROM held) AND claim = ?2");
  update.Bind(claim).Run();
}

std::optional<Timestamp> NextWebhookDue(const Scope& db, WebhookSource source, Timestamp now) {
  std::optional<Timestamp> due;
  {
    Query query(db,
                "SELECT next_attempt_at FROM polar_webhook_events WHERE tenant = ?1 AND source = ?2"
                " AND next_attempt_at IS NOT NULL AND claimed_until IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM polar_webhook_events other WHERE other.tenant = ?1"
                " AND other.source IN ('plinto', 'conekta') AND other.about = polar_webhook_events.about"
                " AND other.claimed_until > 0)"
                " AND (waits_for IS NULL OR NOT EXISTS (SELECT 1 FROM polar_webhook_events earlier"
                " WHERE earlier.tenant = ?1 AND earlier.about = polar_webhook_events.waits_for"
                " AND earlier.next_attempt_at IS NOT NULL AND earlier.id < polar_webhook_events.id))"
                " ORDER BY next_attempt_at LIMIT 1");
    due = EarliestOf(query.Bind(TextOf(source)));
  }
  std::optional<Timestamp> held;
  {
    Query query(db,
                "SELECT min(claimed_until) FROM polar_webhook_events"
                " WHERE tenant = ?1 AND source = ?2 AND claimed_until > 0");
    held = EarliestOf(query.Bind(TextOf(source)));
  }
  return EarliestOf(db, due, held, now, HeldSecondsOf(source));
}

std::vector<bool> FinishWebhooks(const Scope& db, const std::vector<WebhookOutcome>& outcomes, Timestamp now) {
  std::set<std::string> ids;
  for (const WebhookOutcome& outcome : outcomes) {
    ids.merge(IdsIn(outcome.facts));
    if (!outcome.about.empty()) ids.insert(outcome.about);
  }
  LockIds(db, ids);
  std::vector<bool> marked;
  for (const WebhookOutcome& outcome : outcomes) marked.push_back(FinishWebhook(db, outcome, now));
  return marked;
}

// Nothing of it would be stored any more, so it is done with, whatever has become of it so far. Ids stay, by which
// repetitions are known; and so does news of an end, which holds no more than an id and has yet to reach Polar.
void ForgetDeliveries(const Scope& db, const std::string& about, Timestamp now) {
  Query update(db,
               "WITH held AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND about = ?3"
               " AND event_type NOT IN ('user.deleted', 'organization.deleted') AND EXISTS (SELECT 1"
               " FROM polar_webhook_payloads body WHERE body.tenant = ?1 AND body.webhook = polar_webhook_events.id)"
               " ORDER BY id FOR UPDATE)"
               " UPDATE polar_webhook_events NOT INDEXED SET error_message = NULL, processed = 1,"
               " processed_at = coalesce(processed_at, ?2), next_attempt_at = NULL, parked_at = NULL,"
               " claim = NULL, claimed_until = NULL WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  if (update.Bind(now).Bind(about).Run() == 0) return;
  Query drop(db,
             "DELETE FROM polar_webhook_payloads WHERE tenant = ?1 AND webhook IN (SELECT id FROM polar_webhook_events"
             " WHERE tenant = ?1 AND about = ?2 AND event_type NOT IN ('user.deleted', 'organization.deleted'))");
  drop.Bind(about).Run();
}

}  // namespace plinto::polar::server::sql
