#include "server/tenants/tenant.h"

#include "server/tenants/service_settings.h"

namespace plinto::polar::server {
namespace {

constexpr int kPrunedAtOnce = 500;
constexpr std::int64_t kDaySeconds = 24 * 3'600;
// So long the application can be told again of what it was told.
constexpr std::int64_t kToldDays = 30;

Task<Result<std::int64_t>> Prune(Retention retention, std::int64_t days, Timestamp now) {
  const Status made = co_await retention.MakeParts(now);
  if (!made) co_return made.error();
  const Status pulled = co_await retention.PullForward(now);
  if (!pulled) co_return pulled.error();
  const Result<Timestamp> trusted = co_await retention.TrustedTime(now);
  if (!trusted) co_return trusted.error();
  const Result<std::int64_t> told =
      co_await retention.PruneTold(trusted->PlusSeconds(-kToldDays * kDaySeconds), kPrunedAtOnce);
  if (!told || days == 0) co_return told;
  const Result<std::int64_t> pruned =
      co_await retention.Prune(trusted->PlusSeconds(-days * kDaySeconds), kPrunedAtOnce);
  if (!pruned) co_return pruned;
  co_return *told + *pruned;
}

class TenantLog final : public OperatorLog {
 public:
  TenantLog(OperatorLog& log, const std::string& tenant)
      : log_(log), prefix_(tenant == kDefaultTenant ? "" : "tenant " + tenant + ": ") {}
  void GaveUp(Queue queue, const std::string& line) override { log_.GaveUp(queue, prefix_ + line); }
  void UsageRefused(const std::string& line) override { log_.UsageRefused(prefix_ + line); }
  void Repaired(const std::string& line) override { log_.Repaired(prefix_ + line); }
  void Warn(const std::string& line) override { log_.Warn(prefix_ + line); }
  void Tell(const std::string& line) override { log_.Tell(prefix_ + line); }
  void Began(Problem problem, const std::string& line) override { log_.Began(problem, prefix_ + line); }
  void Ended(Problem problem, const std::string& line) override {
    log_.Ended(problem, line.empty() ? line : prefix_ + line);
  }
  void Refused(Priority priority) override { log_.Refused(priority); }
  void Waits(int change) override { log_.Waits(change); }

 private:
  OperatorLog& log_;
  std::string prefix_;
};

Host HostOf(const TenantHost& host, Store& store, HttpClient& http, OperatorLog& log, UpstreamBudget* budget = nullptr,
            UpstreamBudget* conekta_budget = nullptr) {
  return {host.clock, host.random, store, http, host.plinto, host.tokens, log, host.workers, budget, conekta_budget};
}

}  // namespace

Tenant::Tenant(TenantRow kept, const TenantHost& host, const Config& config, const Settings& settings,
               const boost::asio::any_io_executor& executor)
    : row(std::move(kept)),
      has_application(!config.app_webhook_url.empty()),
      log(std::make_unique<TenantLog>(host.log, row.id)),
      store(host.database.ForTenant(row.id)),
      notification_store(host.database.NotificationsOf(row.id)),
      reconcile_store(host.database.ReconcileStoreOf(row.id)),
      budget(settings.polar_requests_per_minute, *log),
      conekta_budget(settings.conekta_requests_per_minute, *log, ConektaUpstream()),
      service(HostOf(host, *store, host.polar, *log, &budget, &conekta_budget), settings),
      notifications(HostOf(host, *store, host.application, *log), settings, *notification_store,
                    ToNotificationSettings(config)),
      reconciler(HostOf(host, *store, host.polar, *log, &budget, &conekta_budget), settings, *reconcile_store),
      jobs(executor, host.clock, *log, service, notifications, reconciler,
           [retention = host.database.RetentionOf(row.id), days = config.retention_days](Timestamp now) {
             return Prune(retention, days, now);
           }) {}

}  // namespace plinto::polar::server
