// The part of SqlStore that keeps cancellations.
#include "server/store/sql/sql_store.h"
#include "server/store/sql/sql_tenant.h"
#include "server/store/sql/statements/cancellation_statements.h"

namespace plinto::polar::server {

Task<Result<bool>> SqlStore::KeepCancellation(KeptCancellation one, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<bool>([one = std::move(one), now](const Scope& db) {
    return sql::KeepCancellation(db, one, now);
  });
}

Task<Result<bool>> SqlStore::DropCancellation(std::string subscription_id, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<bool>([id = std::move(subscription_id), now](const Scope& db) {
    return sql::DropCancellation(db, id, now);
  });
}

Task<Result<std::optional<KeptCancellation>>> SqlStore::FindCancellation(std::string subscription_id) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<KeptCancellation>>(
          [id = std::move(subscription_id)](const Scope& db) { return sql::FindCancellation(db, id); },
          SqlAccess::kRead);
}

Task<Result<std::vector<KeptCancellation>>> SqlStore::ClaimCancellations(std::string claim, Timestamp now, int limit) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<KeptCancellation>>([claim = std::move(claim), now, limit](const Scope& db) {
        return sql::ClaimCancellations(db, claim, now, limit);
      });
}

Task<Status> SqlStore::FinishCancellation(KeptCancellation one, CancellationOutcome outcome, Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<Done>([one = std::move(one), outcome = std::move(outcome), now](const Scope& db) {
        sql::FinishCancellation(db, one, outcome, now);
        return Done{};
      });
}

Task<Result<std::optional<Timestamp>>> SqlStore::NextCancellationDue(Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<Timestamp>>([now](const Scope& db) { return sql::NextCancellationDue(db, now); },
                                     SqlAccess::kRead);
}

}  // namespace plinto::polar::server
