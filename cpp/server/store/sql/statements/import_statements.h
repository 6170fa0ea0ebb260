// The statements on imported subscribers, as statements.h says of its own.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/imports.h"

namespace plinto::polar::server::sql {

std::optional<ImportRow> FindImport(const Scope& db, const std::string& provider, const std::string& subscription_id);
/// In the place of the row that there is. A subject that Plinto has deleted, or that was erased, leaves none.
void SaveImport(const Scope& db, const ImportRow& row, Timestamp now);
std::vector<ImportRow> ListImportsOf(const Scope& db, const Subject& subject);
/// Those of a provider that follow this subscription, at most `limit`.
std::vector<ImportRow> ListImports(const Scope& db, const std::string& provider, const std::string& after, int limit);
void EraseImports(const Scope& db, const Subject& subject);
/// By the e-mail address that Plinto has verified, and Polar has.
std::vector<CustomerRow> FindCustomersByEmail(const Scope& db, const std::string& email);

}  // namespace plinto::polar::server::sql
