// The part of SqlStore that records usage within its limits, and sets aside.
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/sql_tenant.h"
#include "server/store/sql/statements/usage_accounts.h"

namespace plinto::polar::server {

Task<Result<UsageRow>> SqlStore::AddUsage(UsageRow usage, bool tells) {
  // Named: g++ 12 destroys the captures of a lambda within a co_await twice.
  std::function<AddedUsage(const Scope&)> job = [usage = std::move(usage), tells](const Scope& db) {
    return sql::RecordUsage(db, usage, tells);
  };
  const SqlTenant tenant(runner_, tenant_);
  Result<AddedUsage> fate = co_await tenant.Run<AddedUsage>(std::move(job));
  if (!fate) co_return std::move(fate).error();
  if (fate->refused) co_return *std::move(fate->refused);
  co_return std::move(fate->kept);
}

Task<Result<std::vector<AddedUsage>>> SqlStore::AddUsageBatch(std::vector<UsageRow> usage, bool tells) {
  return SqlTenant(runner_, tenant_).Run<std::vector<AddedUsage>>([usage = std::move(usage), tells](const Scope& db) {
    return sql::RecordUsageBatch(db, usage, tells);
  });
}

Task<Result<std::optional<UsageRow>>> SqlStore::CorrectUsage(std::int64_t row, UsageCorrection correction,
                                                             Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<UsageRow>>([row, correction = std::move(correction), now](const Scope& db) {
        return sql::CorrectRecorded(db, row, correction, now);
      });
}

Task<Result<LeaseAnswer>> SqlStore::ReserveUsage(LeaseRequest request, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<LeaseAnswer>([request = std::move(request), now](const Scope& db) {
    return sql::ReserveUsage(db, request, now);
  });
}

Task<Result<LeaseAnswer>> SqlStore::EndLease(LeaseEnd end, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<LeaseAnswer>([end = std::move(end), now](const Scope& db) {
    return sql::EndLease(db, end, now);
  });
}

Task<Result<std::optional<LeaseRow>>> SqlStore::FindLease(Subject subject, std::string lease_id) {
  return SqlTenant(runner_, tenant_)
      .Run<std::optional<LeaseRow>>([subject = std::move(subject), id = std::move(lease_id)](
                                        const Scope& db) { return sql::FindLease(db, subject, id); },
                                    SqlAccess::kRead);
}

// What is missing from Polar's word may be a sum over many events: not on the loop.
Task<Result<DecimalSum>> SqlStore::ReadBalance(BalanceQuestion question, Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<DecimalSum>(
          [question = std::move(question), now](const Scope& db) { return sql::ReadBalance(db, question, now); },
          SqlAccess::kLongRead);
}

Task<Result<LimitRow>> SqlStore::SetUsageLimit(LimitName name, DecimalSum maximum, bool tells, Timestamp now) {
  return SqlTenant(runner_, tenant_).Run<LimitRow>([name = std::move(name), maximum, tells, now](const Scope& db) {
    return sql::SetUsageLimit(db, name, maximum, tells, now);
  });
}

Task<Result<std::vector<LimitRow>>> SqlStore::ListUsageLimits(Subject subject, Timestamp now) {
  return SqlTenant(runner_, tenant_)
      .Run<std::vector<LimitRow>>(
          [subject = std::move(subject), now](const Scope& db) { return sql::ListUsageLimits(db, subject, now); },
          SqlAccess::kLongRead);
}

Task<Result<bool>> SqlStore::RemoveUsageLimit(LimitName name) {
  return SqlTenant(runner_, tenant_).Run<bool>([name = std::move(name)](const Scope& db) {
    return sql::RemoveUsageLimit(db, name);
  });
}

}  // namespace plinto::polar::server
