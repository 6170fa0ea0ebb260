#include "server/tenants/tenant.h"

#include "server/tenants/service_settings.h"

namespace plinto::polar::server {
namespace {

constexpr int kPrunedAtOnce = 500;

Host HostOf(const TenantHost& host, Store& store, HttpClient& http) {
  return {host.clock, host.random, store, http, host.plinto, host.tokens};
}

}  // namespace

Tenant::Tenant(TenantRow kept, const TenantHost& host, const Config& config, const Settings& settings,
               const boost::asio::any_io_executor& executor)
    : row(std::move(kept)),
      store(host.database.ForTenant(row.id)),
      notification_store(host.database.NotificationsOf(row.id)),
      service(HostOf(host, *store, host.polar), settings),
      notifications(HostOf(host, *store, host.application), settings, *notification_store,
                    ToNotificationSettings(config)),
      jobs(
          executor, host.clock, service, notifications,
          [retention = host.database.RetentionOf(row.id)](Timestamp before) {
            return retention.Prune(before, kPrunedAtOnce);
          },
          config.retention_days) {}

}  // namespace plinto::polar::server
