#include "server/store/sql/threshold_news.h"

#include "core/foundation/json.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

Json DataOf(const Subject& subject, const std::string& event_name, int threshold, const DecimalSum& used,
            const DecimalSum& maximum) {
  const bool is_user = subject.kind == Subject::Kind::kUser;
  Json data = EmptyObject();
  SetMember(data, "organization_id", is_user ? Json() : Json(subject.id));
  SetMember(data, "user_id", is_user ? Json(subject.id) : Json());
  SetMember(data, "event_name", event_name);
  SetMember(data, "threshold", std::int64_t{threshold});
  SetMember(data, "used", used.Text());
  SetMember(data, "maximum", maximum.Text());
  return data;
}

// However often its transaction runs, it is one piece of news.
std::string IdOf(const std::string& data, Timestamp since) {
  return UuidFromEntropy(ToHex(DigestSha256("threshold " + data + FormatTimestamp(since))).substr(0, 32));
}

void Insert(const Scope& db, const Subject& subject, const Json& data, Timestamp since, Timestamp now) {
  const std::string text = DumpJson(data);
  Query insert(db,
               "INSERT INTO app_notifications (tenant, notification_id, polar_customer_id, type, data,"
               " next_attempt_at, created_at) VALUES (?1, ?2, ?3, 'usage.threshold', ?4, ?5, ?6)");
  insert.Bind(IdOf(text, since)).Bind(UsageLine(subject.id)).Bind(text).Bind(now).Bind(now).Run();
}

}  // namespace

void TellThreshold(const Scope& db, const LimitRow& limit, int threshold, Timestamp now) {
  const LimitName& name = limit.name;
  Json data = DataOf(name.subject, name.event_name, threshold, limit.used, limit.maximum);
  SetMember(data, "kind", "limit");
  SetMember(data, "period", kEnumTexts<LimitPeriod>[static_cast<std::size_t>(name.period)]);
  SetMember(data, "resets_at", FormatTimestamp(PeriodEnd(name.period, limit.period_start)));
  SetMember(data, "meter_id", Json());
  Insert(db, name.subject, data, limit.period_start, now);
}

void TellThreshold(const Scope& db, const Subject& subject, const Balance& balance, int threshold, Timestamp now) {
  const MeterLedger& ledger = balance.ledger;
  Json data = DataOf(subject, balance.meter.event_name, threshold, ledger.used, ledger.credited);
  SetMember(data, "kind", "credits");
  SetMember(data, "period", Json());
  SetMember(data, "resets_at", Json());
  SetMember(data, "meter_id", balance.meter.id);
  Insert(db, subject, data, ledger.period_start, now);
}

}  // namespace plinto::polar::server::sql
