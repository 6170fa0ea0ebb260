#include "server/store/sql/locks.h"

#include "core/foundation/json.h"
#include "server/store/sql/joined.h"

namespace plinto::polar::server::sql {
namespace {

// The seeds keep a subject's two locks apart: as somebody who has a customer, and as somebody facts are about.
constexpr std::int64_t kSubjectSeed = 1;
constexpr std::int64_t kIdSeed = 2;
constexpr std::int64_t kUsageSeed = 3;

// PostgreSQL's advisory locks: most of what is locked has no row yet. Two ids with the same hash wait for each other
// needlessly; sorted are the hashes, so that even they keep the order.
constexpr char kSortedKeys[] =
    "(key) FROM (SELECT DISTINCT hashtextextended(CAST(?1 AS TEXT) || '/' || id, ?2) AS key"
    " FROM json_array_elements_text(?3::json) AS id ORDER BY key) AS sorted";
constexpr auto kLock = Joined("SELECT pg_advisory_xact_lock", kSortedKeys);
constexpr auto kLockShared = Joined("SELECT pg_advisory_xact_lock_shared", kSortedKeys);

void Lock(const Scope& db, std::int64_t seed, const std::set<std::string>& ids, const char* sql = kLock.data()) {
  if (ids.empty() || db.engine() != SqlEngine::kPostgres) return;
  Json list = EmptyArray();
  for (const std::string& id : ids) list.get_ptr<Json::array_t*>()->push_back(id);
  Query lock(db, sql);
  lock.Bind(seed).Bind(DumpJson(list)).Run();
}

}  // namespace

void LockSubject(const Scope& db, const std::string& subject_id) { Lock(db, kSubjectSeed, {subject_id}); }

void LockIds(const Scope& db, const std::set<std::string>& ids) { Lock(db, kIdSeed, ids); }

void LockUsageOf(const Scope& db, const std::set<std::string>& subjects, bool shared) {
  Lock(db, kUsageSeed, subjects, shared ? kLockShared.data() : kLock.data());
}

}  // namespace plinto::polar::server::sql
