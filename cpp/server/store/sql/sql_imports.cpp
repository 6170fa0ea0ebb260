// The part of SqlStore that keeps imported subscribers.
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/sql_tenant.h"
#include "server/store/sql/statements/import_statements.h"

namespace plinto::polar::server {

Task<Result<std::optional<ImportRow>>> SqlStore::FindImport(std::string provider, std::string subscription_id) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<ImportRow>>([provider = std::move(provider), id = std::move(subscription_id)](
                                         const Scope& db) { return sql::FindImport(db, provider, id); },
                                     SqlAccess::kRead);
}

Task<Status> SqlStore::SaveImport(ImportRow row, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<Done>([row = std::move(row), now](const Scope& db) {
    sql::SaveImport(db, row, now);
    return Done{};
  });
}

Task<Result<std::vector<ImportRow>>> SqlStore::ListImportsOf(Subject subject) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<ImportRow>>(
          [subject = std::move(subject)](const Scope& db) { return sql::ListImportsOf(db, subject); },
          SqlAccess::kRead);
}

Task<Result<std::vector<ImportRow>>> SqlStore::ListImports(std::string provider, std::string after, int limit) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<ImportRow>>([provider = std::move(provider), after = std::move(after),
                                    limit](const Scope& db) { return sql::ListImports(db, provider, after, limit); },
                                   SqlAccess::kRead);
}

Task<Result<std::vector<CustomerRow>>> SqlStore::FindCustomersByEmail(std::string email) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<CustomerRow>>(
          [email = std::move(email)](const Scope& db) { return sql::FindCustomersByEmail(db, email); },
          SqlAccess::kLongRead);
}

}  // namespace plinto::polar::server
