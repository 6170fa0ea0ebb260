// The part of SqlStore that keeps grants by hand.
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/sql_tenant.h"
#include "server/store/sql/statements/grant_statements.h"

namespace plinto::polar::server {

Task<Result<AddedGrant>> SqlStore::AddGrant(GrantRow grant, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<AddedGrant>([grant = std::move(grant), now](const Scope& db) {
    return sql::AddGrant(db, grant, now);
  });
}

Task<Result<std::optional<GrantRow>>> SqlStore::RemoveGrant(std::string id, std::optional<Subject> subject,
                                                            std::string by, Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<GrantRow>>([id = std::move(id), subject = std::move(subject), by = std::move(by),
                                     now](const Scope& db) { return sql::RemoveGrant(db, id, subject, by, now); });
}

Task<Result<std::vector<GrantRow>>> SqlStore::ListGrants(GrantQuery query) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<GrantRow>>([query = std::move(query)](const Scope& db) { return sql::ListGrants(db, query); },
                                  SqlAccess::kLongRead);
}

}  // namespace plinto::polar::server
