#include "server/store/sql/application_health.h"

#include "server/base/time/backoff.h"

namespace plinto::polar::server::sql {
namespace {

// What one bad notification, or a restart of the application, does not amount to.
constexpr int kPausingFailures = 10;
constexpr std::int64_t kPausingSeconds = 300;
constexpr std::int64_t kFirstProbeSeconds = 60;
constexpr std::int64_t kLongestProbeSeconds = 3'600;
constexpr int kGone = 410;

bool MustPause(const ApplicationHealth& health, const Attempt& attempt, Timestamp now) {
  if (health.paused_at) return false;
  if (attempt.status == kGone) return true;
  return health.failures >= kPausingFailures && now >= health.failing_since->PlusSeconds(kPausingSeconds);
}

}  // namespace

ApplicationHealth ReadHealth(const Scope& db) {
  Query query(db, "SELECT failures, failing_since, fault, paused_at, probe_at FROM app_health WHERE tenant = ?1");
  if (!query.Step()) return {};
  ApplicationHealth health{
      .failures = static_cast<int>(query.Integer(0)), .failing_since = query.Time(1), .fault = query.Text(2)};
  if (!query.IsNull(3)) health.paused_at = query.Time(3);
  if (!query.IsNull(4)) health.probe_at = query.Time(4);
  return health;
}

ApplicationHealth CountFailure(const Scope& db, const Attempt& attempt, Timestamp now) {
  {
    Query count(db,
                "INSERT INTO app_health (tenant, failures, failing_since, fault) VALUES (?1, 1, ?2, ?3)"
                " ON CONFLICT (tenant) DO UPDATE SET failures = app_health.failures + 1, fault = excluded.fault");
    count.Bind(attempt.at).Bind(WithoutNul(attempt.fault)).Run();
  }
  ApplicationHealth health = ReadHealth(db);
  if (!MustPause(health, attempt, now)) return health;
  health.paused_at = now;
  health.probe_at = now.PlusSeconds(kFirstProbeSeconds);
  Query pause(db, "UPDATE app_health SET paused_at = ?2, probe_at = ?3, probes = 0 WHERE tenant = ?1");
  pause.Bind(now).Bind(*health.probe_at).Run();
  return health;
}

void CountSuccess(const Scope& db, Timestamp now) {
  const ApplicationHealth health = ReadHealth(db);
  if (health.failures == 0) return;
  if (health.paused_at) {
    Query due(db, "UPDATE app_notifications SET next_attempt_at = ?2 WHERE tenant = ?1 AND next_attempt_at > ?2");
    due.Bind(now).Run();
  }
  Query end(db, "DELETE FROM app_health WHERE tenant = ?1");
  end.Run();
}

bool TakeProbe(const Scope& db, Timestamp now) {
  std::int64_t probes = 0;
  {
    Query find(db,
               "SELECT probes FROM app_health WHERE tenant = ?1 AND paused_at IS NOT NULL AND probe_at <= ?2"
               " FOR UPDATE");
    if (!find.Bind(now).Step()) return false;
    probes = find.Integer(0);
  }
  const std::int64_t pause = Backoff(kFirstProbeSeconds, static_cast<int>(probes) + 1, kLongestProbeSeconds);
  Query take(db, "UPDATE app_health SET probe_at = ?2, probes = probes + 1 WHERE tenant = ?1");
  return take.Bind(now.PlusSeconds(pause)).Run() > 0;
}

void ProbeNow(const Scope& db, Timestamp now) {
  Query query(db, "UPDATE app_health SET probe_at = ?2, probes = 0 WHERE tenant = ?1 AND paused_at IS NOT NULL");
  query.Bind(now).Run();
}

}  // namespace plinto::polar::server::sql
