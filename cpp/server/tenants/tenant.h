// One tenant: a Polar account with a service, a store and queues of its own.
//
// The environment's account is the tenant `default`; the others are rows of the database (tenants.h). Not thread-safe:
// one executor owns it. Stop its jobs before it goes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "server/config/config.h"
#include "server/jobs/jobs.h"
#include "server/service/service.h"
#include "server/service/upstream_budget.h"
#include "server/store/database.h"

namespace plinto::polar::server {

/// What the tenants of a server share. It outlives them.
struct TenantHost {
  Clock& clock;
  Random& random;
  HttpClient& polar;
  HttpClient& application;  ///< to where tenants are told of changes
  Plinto& plinto;
  TokenVerifier& tokens;
  const Database& database;
  OperatorLog& log;
  Workers& workers = NoWorkers();
};

struct Tenant {
  /// `row` names the tenant, and holds its settings as they are stored.
  Tenant(TenantRow row, const TenantHost& host, const Config& config, const Settings& settings,
         const boost::asio::any_io_executor& executor);

  TenantRow row;
  bool has_application;              ///< that is told of changes
  std::unique_ptr<OperatorLog> log;  ///< its lines name the tenant
  std::unique_ptr<Store> store;
  std::unique_ptr<NotificationStore> notification_store;
  std::unique_ptr<ReconcileStore> reconcile_store;
  UpstreamBudget budget;
  UpstreamBudget conekta_budget;
  Service service;
  Notifications notifications;
  Reconciler reconciler;
  Jobs jobs;
};

}  // namespace plinto::polar::server
