// Usage that Polar refuses: what is tried still, what is told of it, and its correction.
#include "core/foundation/json.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

Subject SubjectOf(Query& query, int organization, int user) {
  return query.IsNull(organization) ? Subject{Subject::Kind::kUser, query.Text(user)}
                                    : Subject{Subject::Kind::kOrganization, query.Text(organization)};
}

// Locks it for the rest of the transaction.
std::optional<UsageRow> FindRefused(const Scope& db, std::int64_t row) {
  Query query(db,
              "SELECT organization_id, user_id, external_id, event_name, quantity, properties, created_at, used_at"
              " FROM polar_usage_events WHERE tenant = ?1 AND id = ?2 AND reported_to_polar_at IS NULL"
              " AND (parked_at IS NOT NULL OR refused_at IS NOT NULL) FOR UPDATE");
  if (!query.Bind(row).Step()) return std::nullopt;
  UsageRow usage;
  usage.row = row;
  usage.subject = SubjectOf(query, 0, 1);
  usage.external_id = query.Text(2);
  usage.event_name = query.Text(3);
  usage.quantity = Decimal::Parse(query.Text(4)).value_or(Decimal());
  usage.properties = query.Text(5);
  usage.created_at = query.Time(6);
  if (!query.IsNull(7)) usage.used_at = query.Time(7);
  return usage;
}

std::string TextOf(const UsageRow& usage) {
  Json json = EmptyObject();
  SetMember(json, "event_name", usage.event_name);
  SetMember(json, "quantity", usage.quantity.text());
  SetMember(json, "properties", usage.properties);
  if (usage.used_at) SetMember(json, "timestamp", FormatTimestamp(*usage.used_at));
  return DumpJson(json);
}

}  // namespace

std::vector<ParkedUsage> ListRefusedUsage(const Scope& db, int limit, std::int64_t after) {
  Query query(db,
              "SELECT id, organization_id, user_id, external_id, event_name, quantity, coalesce(error_message, ''),"
              " created_at, next_attempt_at FROM polar_usage_events WHERE tenant = ?1 AND refused_at IS NOT NULL"
              " AND next_attempt_at IS NOT NULL AND id > ?3 ORDER BY id LIMIT ?2");
  query.Bind(limit).Bind(after);
  std::vector<ParkedUsage> refused;
  while (query.Step()) {
    refused.push_back({query.Integer(0), SubjectOf(query, 1, 2), query.Text(3), query.Text(4),
                       Decimal::Parse(query.Text(5)).value_or(Decimal()), query.Text(6), query.Time(7), query.Time(8)});
  }
  return refused;
}

std::optional<UsageRow> CorrectUsage(const Scope& db, std::int64_t row, const UsageCorrection& correction,
                                     Timestamp now) {
  const std::optional<UsageRow> before = FindRefused(db, row);
  if (!before) return before;
  const std::optional<Timestamp> used_at = correction.used_at ? correction.used_at : before->used_at;
  Query update(db,
               "UPDATE polar_usage_events SET event_name = ?2, quantity = ?3, properties = ?4, used_at = ?5,"
               " recorded_as = coalesce(recorded_as, ?6), corrected_at = ?7, next_attempt_at = ?7, attempts = 0,"
               " refusals = 0, refused_at = NULL, parked_at = NULL, claim = NULL, claimed_until = NULL"
               " WHERE tenant = ?1 AND id = ?8");
  update.Bind(correction.event_name.value_or(before->event_name));
  update.Bind(correction.quantity.value_or(before->quantity).text());
  update.Bind(correction.properties.value_or(before->properties)).Bind(used_at).Bind(TextOf(*before)).Bind(now);
  update.Bind(row).Run();
  return before;
}

void TellOfUsage(const Scope& db, std::int64_t row, const UsageNews& news, Timestamp now) {
  Query insert(db,
               "INSERT INTO app_notifications (tenant, notification_id, polar_customer_id, type, data,"
               " next_attempt_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, CAST(?6 AS BIGINT), CAST(?6 AS BIGINT) FROM "
               "polar_usage_events"
               " WHERE tenant = ?1 AND id = ?7 AND erased = 0");
  insert.Bind(news.id).Bind(UsageLine(news.subject_id)).Bind(news.type).Bind(news.data).Bind(now).Bind(row).Run();
}

void ForgetUsageNews(const Scope& db, const std::string& subject_id) {
  Query forget(db, "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2");
  forget.Bind(UsageLine(subject_id)).Run();
}

}  // namespace plinto::polar::server::sql
