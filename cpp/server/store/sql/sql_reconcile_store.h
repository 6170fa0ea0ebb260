// The reconcile store in an SQL database, made by Database::ReconcileStoreOf().
#pragma once

#include "server/store/reconcile_store.h"
#include "server/store/sql/sql_tenant.h"

namespace plinto::polar::server {

class SqlReconcileStore final : public ReconcileStore {
 public:
  explicit SqlReconcileStore(SqlTenant tenant) : tenant_(std::move(tenant)) {}

  Task<Result<std::vector<std::string>>> DueCustomers(Timestamp now, int limit) override;
  Task<Result<std::optional<Timestamp>>> NextDue() override;
  Task<Status> PutOff(std::string polar_customer_id, Timestamp until) override;
  Task<Result<std::int64_t>> DemandAll(Timestamp before, int limit) override;
  Task<Result<HeldObjects>> ReadHeld(std::string polar_customer_id) override;
  Task<Result<std::vector<Repair>>> Reconcile(std::string polar_customer_id, Facts facts, Timestamp now,
                                              bool is_dry) override;
  Task<Result<std::optional<FoundCustomer>>> FindCustomer(std::string id) override;
  Task<Result<std::vector<std::string>>> ListCustomers(std::string after, int limit) override;

 private:
  SqlTenant tenant_;
};

}  // namespace plinto::polar::server
