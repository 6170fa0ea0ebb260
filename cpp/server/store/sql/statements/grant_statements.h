// The statements on grants by hand, as statements.h says of its own.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/grants.h"

namespace plinto::polar::server::sql {

AddedGrant AddGrant(const Scope& db, const GrantRow& grant, Timestamp now);
/// None where there is no such grant, or it is another subject's than the one that is named.
std::optional<GrantRow> RemoveGrant(const Scope& db, const std::string& id, const std::optional<Subject>& subject,
                                    const std::string& by, Timestamp now);
std::vector<GrantRow> ListGrants(const Scope& db, const GrantQuery& query);
/// Those of the subject that are not removed.
[[nodiscard]] std::vector<LocalGrant> GrantsOf(const Scope& db, const Subject& subject);

/// The subject has a customer from now on: what was told of their grants goes on with that.
void MoveGrantAccess(const Scope& db, const Subject& subject, const std::string& polar_customer_id, Timestamp now);
/// The subject has no customer any more; grants of theirs are looked at for themselves.
void KeepGrantAccess(const Scope& db, const Subject& subject, Timestamp now);
/// Forgets the subject's grants, and what was told of them. Nobody leaves untold: `is_told` as TellEnd() says.
int EraseGrants(const Scope& db, const Subject& subject, bool is_told, Timestamp now);

/// By what the access of a subject without a customer is told, in the place of a customer's id. No id of Polar's has a
/// colon.
[[nodiscard]] std::string AccessLineOf(const Subject& subject);
/// The subject behind it; none of a customer's id.
[[nodiscard]] std::optional<Subject> SubjectOfLine(const std::string& line);

}  // namespace plinto::polar::server::sql
