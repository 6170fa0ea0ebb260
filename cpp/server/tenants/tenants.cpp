#include "server/tenants/tenants.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/base/async/side_by_side.h"
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
      readiness_(executor_, *environment_.store),
      refresh_(executor_, host_.clock, host_.log, "tenants", [this] { return Refresh(); }) {}

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
  is_stopping_ = true;
  environment_.service.BeginStop();
  for (const auto& [id, tenant] : tenants_) tenant->service.BeginStop();
  std::vector<Task<void>> ends;
  ends.push_back(environment_.jobs.Stop());
  for (const auto& [id, tenant] : tenants_) ends.push_back(tenant->jobs.Stop());
  ends.push_back(refresh_.Stop());
  ends.push_back(readiness_.Stop());
  // Until all have ended: those that leave meanwhile are on this map no more.
  const std::map<std::string, std::shared_ptr<Tenant>, std::less<>> held = tenants_;
  co_await SideBySide(std::move(ends));
  co_await leaving_.Wait();
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

std::vector<JobLoop*> Tenants::Loops() {
  std::vector<JobLoop*> loops = {&refresh_};
  for (JobLoop* loop : environment_.jobs.Loops()) loops.push_back(loop);
  for (const auto& [id, tenant] : tenants_) {
    for (JobLoop* loop : tenant->jobs.Loops()) loops.push_back(loop);
  }
  return loops;
}

Task<std::string> Tenants::WhyNotReady() {
  std::string reason = co_await readiness_.Ask();
  std::set<std::string> dead;
  for (JobLoop* loop : Loops()) {
    if (loop->IsDead()) dead.insert(loop->name());
  }
  for (const std::string& name : dead)
    reason += (reason.empty() ? "" : "; ") + ("the loop " + name + " does not go on");
  co_return reason;
}

std::map<std::string, std::chrono::steady_clock::duration> Tenants::Heartbeats() {
  std::map<std::string, std::chrono::steady_clock::duration> ages;
  for (const JobLoop* loop : Loops()) {
    auto& age = ages[loop->name()];
    age = std::max(age, loop->Age());
  }
  return ages;
}

Task<Status> Tenants::WorkOffEndings() {
  std::vector<std::shared_ptr<Tenant>> ending;
  for (const auto& [id, tenant] : tenants_) {
    // What the old jobs have in hand may still be written.
    if (tenant->row.ending_since && !leaving_ids_.contains(id)) ending.push_back(tenant);
  }
  Status all = Done{};
  for (const std::shared_ptr<Tenant>& tenant : ending) {
    // What fails is tried again at the next refresh.
    const Result<bool> ended = co_await WorkOffEnding(*tenant, host_.clock.Now());
    if (!ended) all = ended.error();
    if (!ended || !*ended) continue;
    const Result<bool> removed = co_await host_.database.RemoveTenant(tenant->row.id);
    if (!removed) all = removed.error();
  }
  co_return all;
}

std::vector<std::shared_ptr<Tenant>> Tenants::Take(const std::vector<TenantRow>& rows) {
  std::vector<std::shared_ptr<Tenant>> old;
  std::set<std::string, std::less<>> known;
  for (const TenantRow& row : rows) {
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
    if (held != tenants_.end()) old.push_back(held->second);
    tenants_.insert_or_assign(row.id, *std::move(tenant));
  }
  for (auto held = tenants_.begin(); held != tenants_.end();) {
    if (known.contains(held->first)) {
      ++held;
      continue;
    }
    spdlog::info("tenant {}: removed", held->first);
    old.push_back(held->second);
    held = tenants_.erase(held);
  }
  return old;
}

void Tenants::StartJobs(Tenant& tenant) {
  if (!is_stopping_ && !leaving_ids_.contains(tenant.row.id)) tenant.jobs.Start();
}

Task<void> Tenants::Leave(std::shared_ptr<Tenant> old) {
  co_await old->jobs.Stop();
  leaving_ids_.erase(leaving_ids_.find(old->row.id));
  const auto held = tenants_.find(old->row.id);
  if (held != tenants_.end()) StartJobs(*held->second);
}

Task<JobRun> Tenants::Refresh() {
  const Timestamp next = host_.clock.Now().PlusSeconds(kRefreshSeconds);
  const Result<std::vector<TenantRow>> rows = co_await host_.database.ListTenants();
  if (!rows) co_return rows.error();
  // Two never work off the same queue, and nobody waits for another's work in hand.
  for (std::shared_ptr<Tenant>& old : Take(*rows)) {
    leaving_ids_.insert(old->row.id);
    co_await leaving_.Start(Leave(std::move(old)));
  }
  for (const auto& [id, tenant] : tenants_) StartJobs(*tenant);
  const Status ended = co_await WorkOffEndings();
  if (!ended) co_return ended.error();
  // Also where nobody asks.
  for (JobLoop* loop : Loops()) static_cast<void>(loop->IsDead());
  co_return next;
}

}  // namespace plinto::polar::server
