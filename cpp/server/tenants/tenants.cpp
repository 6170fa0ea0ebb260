#include "server/tenants/tenants.h"

#include <spdlog/spdlog.h>

#include <set>

#include "server/jobs/jobs.h"
#include "server/tenants/notification_settings.h"
#include "server/tenants/tenant_settings.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kRefreshSeconds = 2;
constexpr std::string_view kPrefix = "/t/";

/// The configuration of one tenant. Errors: those of OpenTenant and ReadTenantConfig.
Result<Config> ConfigOf(const Config& server, const TenantRow& row) {
  Result<TenantValues> values = OpenTenant(server.secret_box, row);
  if (!values) return std::move(values).error();
  Result<Config> config = ReadTenantConfig(server, *values);
  if (config) return config;
  Error error = std::move(config).error();
  error.message = "Tenant `" + row.id + "`: " + error.message;
  return error;
}

}  // namespace

struct Tenants::Tenant {
  Tenant(TenantRow kept, const Shared& shared, const Config& config, const Settings& settings,
         const boost::asio::any_io_executor& executor)
      : row(std::move(kept)),
        store(shared.database.ForTenant(row.id)),
        told(shared.database.NotificationsOf(row.id)),
        host{shared.clock, shared.random, *store, shared.http, shared.plinto, shared.tokens},
        service(host, settings),
        notifications({shared.clock, shared.random, *store, shared.to_application, shared.plinto, shared.tokens},
                      settings, *told, ToNotificationSettings(config)),
        jobs(
            executor, shared.clock, service, notifications,
            [retention = shared.database.RetentionOf(row.id)](Timestamp before) {
              return retention.Prune(before, kPruned);
            },
            config.retention_days) {}

  TenantRow row;
  std::unique_ptr<Store> store;
  std::unique_ptr<NotificationStore> told;
  Host host;
  Service service;
  Notifications notifications;
  Jobs jobs;
};

Tenants::Tenants(boost::asio::any_io_executor executor, const Shared& shared, Config server, ToSettings to_settings)
    : executor_(std::move(executor)),
      shared_(shared),
      server_(std::move(server)),
      to_settings_(std::move(to_settings)),
      refresh_(executor_, shared_.clock, [this] { return Refresh(); }) {}

Tenants::~Tenants() = default;

Result<std::shared_ptr<Tenants::Tenant>> Tenants::Build(const TenantRow& row) const {
  const Result<Config> config = ConfigOf(server_, row);
  if (!config) return config.error();
  Result<Settings> settings = to_settings_(*config);
  if (!settings) return std::move(settings).error();
  settings->entitlements.issuer += "/t/" + row.id;
  settings->entitlements.seal_context += "/" + row.id;
  return std::make_shared<Tenant>(row, shared_, *config, *settings, executor_);
}

Task<Status> Tenants::Load() {
  const Result<std::vector<TenantRow>> rows = co_await shared_.database.ListTenants();
  if (!rows) co_return rows.error();
  for (const TenantRow& row : *rows) {
    Result<std::shared_ptr<Tenant>> tenant = Build(row);
    if (!tenant) co_return std::move(tenant).error();
    Status prepared = co_await (*tenant)->service.Prepare();
    if (!prepared) co_return prepared;
    tenants_.emplace(row.id, *std::move(tenant));
  }
  co_return Done{};
}

void Tenants::Start() {
  for (const auto& [id, tenant] : tenants_) tenant->jobs.Start();
  refresh_.Start();
}

Task<void> Tenants::Stop() {
  co_await refresh_.Stop();
  for (const auto& [id, tenant] : tenants_) co_await tenant->jobs.Stop();
}

Task<std::optional<HttpResponse>> Tenants::Handle(const HttpRequest& request) {
  const std::string_view url = request.url;
  if (!url.starts_with(kPrefix)) co_return std::nullopt;
  const std::size_t end = url.find('/', kPrefix.size());
  if (end == std::string_view::npos) co_return std::nullopt;
  const auto found = tenants_.find(url.substr(kPrefix.size(), end - kPrefix.size()));
  if (found == tenants_.end()) co_return std::nullopt;
  // Kept for as long as the request takes: the tenant may be removed meanwhile.
  const std::shared_ptr<Tenant> tenant = found->second;
  HttpRequest inner = request;
  inner.url = std::string(url.substr(end));
  co_return co_await tenant->service.Handle(std::move(inner));
}

Task<std::optional<Timestamp>> Tenants::Refresh() {
  Timestamp next = shared_.clock.Now().PlusSeconds(kRefreshSeconds);
  const Result<std::vector<TenantRow>> rows = co_await shared_.database.ListTenants();
  if (!rows) co_return next;
  std::vector<std::pair<std::shared_ptr<Tenant>, std::shared_ptr<Tenant>>> replaced;  // who goes, who comes
  std::set<std::string, std::less<>> known;
  for (const TenantRow& row : *rows) {
    known.insert(row.id);
    const auto held = tenants_.find(row.id);
    if (held != tenants_.end() && held->second->row == row) continue;
    const auto refused = refused_.find(row.id);
    if (refused != refused_.end() && refused->second == row.settings) continue;
    Result<std::shared_ptr<Tenant>> tenant = Build(row);
    if (!tenant) {
      spdlog::error("{} The tenant is not served.", tenant.error().message);
      refused_.insert_or_assign(row.id, row.settings);
      known.erase(row.id);
      continue;
    }
    refused_.erase(row.id);
    spdlog::info("tenant {}: {}", row.id, held == tenants_.end() ? "added" : "changed");
    replaced.emplace_back(held == tenants_.end() ? nullptr : held->second, *tenant);
    tenants_.insert_or_assign(row.id, *std::move(tenant));
  }
  for (auto held = tenants_.begin(); held != tenants_.end();) {
    if (known.contains(held->first)) {
      ++held;
      continue;
    }
    spdlog::info("tenant {}: removed", held->first);
    replaced.emplace_back(held->second, nullptr);
    held = tenants_.erase(held);
  }
  // Two never work off the same queue: the new one begins when the old one has finished.
  for (const auto& [old, fresh] : replaced) {
    if (old == nullptr) fresh->jobs.Start();
  }
  for (const auto& [old, fresh] : replaced) {
    if (old == nullptr) continue;
    co_await old->jobs.Stop();
    if (fresh != nullptr) fresh->jobs.Start();
  }
  co_return next;
}

}  // namespace plinto::polar::server
