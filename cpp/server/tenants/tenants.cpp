#include "server/tenants/tenants.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "server/tenants/ending.h"
#include "server/tenants/service_settings.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kRefreshSeconds = 2;
constexpr std::string_view kPrefix = "/t/";

}  // namespace

Tenants::Tenants(boost::asio::any_io_executor executor, const TenantHost& host, Config config, const Settings& settings)
    : executor_(std::move(executor)),
      host_(host),
      config_(std::move(config)),
      environment_({.id = kDefaultTenant}, host_, config_, settings, executor_),
      refresh_(executor_, host_.clock, [this] { return Refresh(); }) {}

Result<std::shared_ptr<Tenant>> Tenants::Build(const TenantRow& row) const {
  const Result<Config> config = TenantConfigOf(config_, row);
  if (!config) return config.error();
  Result<Settings> settings = ToSettings(*config);
  if (!settings) return std::move(settings).error();
  settings->mount = std::string(kPrefix) + row.id;
  settings->is_ending = row.ending_since.has_value();
  settings->entitlements.issuer += settings->mount;
  settings->entitlements.seal_context += "/" + row.id;
  return std::make_shared<Tenant>(row, host_, *config, *settings, executor_);
}

Task<Status> Tenants::Prepare() {
  Status prepared = co_await host_.database.RaiseSequence(host_.clock.Now());
  if (!prepared) co_return prepared;
  prepared = co_await host_.database.FreeClaims();
  if (!prepared) co_return prepared;
  prepared = co_await environment_.service.Prepare();
  if (!prepared) co_return prepared;
  const Result<std::vector<TenantRow>> rows = co_await host_.database.ListTenants();
  if (!rows) co_return rows.error();
  for (const TenantRow& row : *rows) {
    Result<std::shared_ptr<Tenant>> tenant = Build(row);
    if (!tenant) co_return std::move(tenant).error();
    prepared = co_await (*tenant)->service.Prepare();
    if (!prepared) co_return prepared;
    tenants_.emplace(row.id, *std::move(tenant));
  }
  co_return Done{};
}

void Tenants::Start() {
  environment_.jobs.Start();
  for (const auto& [id, tenant] : tenants_) tenant->jobs.Start();
  refresh_.Start();
}

Task<void> Tenants::Stop() {
  environment_.service.BeginStop();
  for (const auto& [id, tenant] : tenants_) tenant->service.BeginStop();
  co_await environment_.jobs.Stop();
  co_await refresh_.Stop();
  for (const auto& [id, tenant] : tenants_) co_await tenant->jobs.Stop();
}

Task<HttpResponse> Tenants::Handle(HttpRequest request) {
  // Kept for as long as the request takes: the tenant may be removed meanwhile.
  const std::shared_ptr<Tenant> tenant = Find(request.url);
  if (!tenant) co_return co_await environment_.service.Handle(std::move(request));
  request.url.erase(0, kPrefix.size() + tenant->row.id.size());
  co_return co_await tenant->service.Handle(std::move(request));
}

Task<BodyPermit> Tenants::PermitBody(HttpRequest head) {
  const std::shared_ptr<Tenant> tenant = Find(head.url);
  if (!tenant) co_return co_await environment_.service.PermitBody(std::move(head));
  head.url.erase(0, kPrefix.size() + tenant->row.id.size());
  co_return co_await tenant->service.PermitBody(std::move(head));
}

std::shared_ptr<Tenant> Tenants::Find(std::string_view url) const {
  if (!url.starts_with(kPrefix)) return nullptr;
  url.remove_prefix(kPrefix.size());
  const std::size_t end = url.find('/');
  const auto found = end == std::string_view::npos ? tenants_.end() : tenants_.find(url.substr(0, end));
  return found == tenants_.end() || found->second->row.ending_since ? nullptr : found->second;
}

std::optional<std::int64_t> Tenants::LeastTokens() {
  const Timestamp now = host_.clock.Now();
  std::optional<std::int64_t> least = environment_.budget.TokensLeft(now);
  for (const auto& [id, tenant] : tenants_) {
    const std::optional<std::int64_t> left = tenant->budget.TokensLeft(now);
    if (left) least = std::min(*left, least.value_or(*left));
  }
  return least;
}

Task<void> Tenants::WorkOffEndings() {
  std::vector<std::shared_ptr<Tenant>> ending;
  for (const auto& [id, tenant] : tenants_) {
    if (tenant->row.ending_since) ending.push_back(tenant);
  }
  for (const std::shared_ptr<Tenant>& tenant : ending) {
    // What fails is tried again at the next refresh.
    const Result<bool> ended = co_await WorkOffEnding(*tenant, host_.clock.Now());
    if (ended && *ended) static_cast<void>(co_await host_.database.RemoveTenant(tenant->row.id));
  }
}

Task<std::optional<Timestamp>> Tenants::Refresh() {
  Timestamp next = host_.clock.Now().PlusSeconds(kRefreshSeconds);
  const Result<std::vector<TenantRow>> rows = co_await host_.database.ListTenants();
  if (!rows) co_return next;
  std::vector<std::pair<std::shared_ptr<Tenant>, std::shared_ptr<Tenant>>> replaced;  // old, new
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
    spdlog::info("tenant {}: {}", row.id, row.ending_since ? "ending" : held == tenants_.end() ? "added" : "changed");
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
  co_await WorkOffEndings();
  co_return next;
}

}  // namespace plinto::polar::server
