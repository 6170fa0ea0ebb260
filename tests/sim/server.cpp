#include "server.h"

#include <algorithm>

#include "server/base/time/backoff.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

constexpr std::int64_t kPruneSeconds = 3'600;
constexpr int kPrunedAtOnce = 500;
constexpr std::int64_t kMostFailedSeconds = 5;  // as JobLoop's
constexpr std::int64_t kDaySeconds = 24 * 3'600;
constexpr std::int64_t kRetentionDays = 3;

// Nobody waits longer: a request of the API has eight seconds for Polar, and what needs no Polar has none to wait for.
constexpr std::int64_t kLongestRequestMs = 25'000;
constexpr std::int64_t kLongestDeliveryMs = 4'000;
constexpr std::int64_t kLongestRunMs = 15 * 60'000;

server::Task<server::JobRun> Prune(server::Retention retention, server::Clock& clock) {
  const Timestamp now = clock.Now();
  const Status pulled = co_await retention.PullForward(now);
  if (!pulled) co_return server::JobRun(now.PlusSeconds(60));
  const Result<Timestamp> trusted = co_await retention.TrustedTime(now);
  if (!trusted) co_return server::JobRun(now.PlusSeconds(60));
  const Timestamp before = trusted->PlusSeconds(-kRetentionDays * kDaySeconds);
  static_cast<void>(co_await retention.PruneTold(before, kPrunedAtOnce));
  static_cast<void>(co_await retention.Prune(before, kPrunedAtOnce));
  co_return now.PlusSeconds(kPruneSeconds);
}

// One of them by a plan of Conekta's, the other one once for an amount. The second one's tier is that of grants, too.
std::vector<Plan> PlansOf(const PolarAccount& account) {
  Plan renews{.slug = "daily", .product_id = account.daily_product(), .tier = "daily"};
  renews.conekta = ConektaPrice{.plan_id = std::string(kConektaPlan)};
  Plan once{.slug = "first", .product_id = account.first_product(), .tier = "given"};
  once.conekta = ConektaPrice{.amount = kConektaAmount, .name = "Starter kit"};
  return {renews, once};
}

server::Settings SettingsOf(World& world, std::size_t tenant) {
  server::Settings settings;
  settings.polar.base_url = "http://polar-" + std::to_string(tenant);
  settings.polar.access_token = world.accounts[tenant]->emulator().access_token();
  settings.webhook_secrets = *ParseWebhookSecrets(world.accounts[tenant]->emulator().webhook_secret());
  settings.plinto_webhook_secret = kPlintoSecret;
  settings.create_customer_on_signup = true;
  settings.return_origins = {"https://app.example"};
  settings.tells_application = true;
  settings.usage_events = {{"api_call", {.minimum = -1'000}}, {kLeasedEvent, {}}, {kCappedEvent, {}}};
  settings.polar_requests_per_minute = 500;
  settings.is_ending = world.ending[tenant].has_value();
  const ConektaAccount* const conekta = world.conektas[tenant].get();
  if (conekta == nullptr) return settings;
  settings.conekta = {.base_url = "http://conekta-" + std::to_string(tenant) + "/conekta",
                      .api_key = conekta->api_key()};
  settings.conekta_webhook_keys = {ConektaAccount::key().public_pem};
  settings.conekta_requests_per_minute = 500;
  settings.plans = PlansOf(*world.accounts[tenant]);
  return settings;
}

server::Config ConfigOf(std::size_t tenant) {
  server::Config config;
  config.app_webhook_url = "http://app-" + std::to_string(tenant) + "/hooks";
  config.app_webhook_secret = Application::secret();
  config.retention_days = kRetentionDays;
  return config;
}

}  // namespace

Loop::Loop(World& world, Process& process, server::Clock& clock, std::string name, Work work, std::int64_t pause_ms,
           bool is_slow)
    : world_(world),
      process_(process),
      clock_(clock),
      name_(std::move(name)),
      work_(std::move(work)),
      pause_ms_(pause_ms),
      is_slow_(is_slow) {}

void Loop::Start() { process_.Spawn(Run()); }

void Loop::Notify() {
  is_notified_ = true;
  process_.Hasten(wait_, world_.schedule.Now());
}

server::Task<void> Loop::Run() {
  for (;;) {
    is_notified_ = false;
    begun_ = world_.schedule.Now();
    const server::JobRun next = co_await work_();
    begun_.reset();
    const bool has_failed = next.problem && !next;
    failures_ = has_failed ? failures_ + 1 : 0;
    const Timestamp now = world_.schedule.Now();
    std::int64_t wait_ms = world_.weather.longest_wait;
    if (next) {
      wait_ms = std::clamp<std::int64_t>(next->Milliseconds() - clock_.Now().Milliseconds() + 1, pause_ms_, wait_ms);
    }
    if (is_slow_) wait_ms = std::max(wait_ms, world_.weather.least_wait_of_slow);
    if (is_notified_) wait_ms = pause_ms_;
    if (has_failed) wait_ms = server::Backoff(1, failures_ - 1, kMostFailedSeconds) * 1'000;
    std::string what = name_ + " waits";
    co_await process_.Until(now.PlusMilliseconds(wait_ms), std::move(what), &wait_);
  }
}

struct Server::Mounted {
  Mounted(World& world, Process& process, server::TenantHost host, server::TenantRow row, std::size_t number)
      : tenant(std::move(row), host, ConfigOf(number), SettingsOf(world, number), process.context().get_executor()),
        retention(host.database.RetentionOf(tenant.row.id)) {
    const auto add = [&](const char* name, Loop::Work work, std::int64_t pause_ms, bool is_slow) {
      loops.push_back(std::make_unique<Loop>(world, process, host.clock, name, std::move(work), pause_ms, is_slow));
      return loops.back().get();
    };
    server::Clock& clock = host.clock;
    Loop* const told = add(
        "notifications", [this] { return tenant.notifications.Work(); }, 10, false);
    Loop* const inbox = add(
        "inbox", [this, told] { return ThenNotify(tenant.service.ProcessInbox(), told); }, 10, false);
    Loop* const plinto = add(
        "Plinto's events", [this, told] { return ThenNotify(tenant.service.ProcessPlintoEvents(), told); }, 10, false);
    if (world.conektas[number] != nullptr) AddConektas(add, told);
    Loop* const usage = add(
        "usage", [this, told] { return ThenNotify(tenant.service.ReportUsage(), told); }, 1'000, false);
    add(
        "mirror", [this, told] { return ThenNotify(tenant.reconciler.Work(), told); }, 10, false);
    add(
        "endpoint watch", [this] { return tenant.service.WatchEndpoint(); }, 10, true);
    add(
        "cold start", [this] { return tenant.service.FillMirror(); }, 10, true);
    add(
        "retention", [this, &clock] { return Prune(retention, clock); }, 1'000, true);
    if (tenant.row.ending_since)
      add(
          "ending", [this, &world, &clock, number] { return End(world, clock, number); }, 2'000, false);
    tenant.service.OnWebhook([inbox] { inbox->Notify(); });
    tenant.service.OnPlintoEvent([plinto] { plinto->Notify(); });
    tenant.service.OnPlintoEventDone([plinto, told] {
      plinto->Notify();
      told->Notify();
    });
    tenant.service.OnUsage([usage] { usage->Notify(); });
    tenant.notifications.OnDelivered([told] { told->Notify(); });
    for (const auto& loop : loops) loop->Start();
  }

  /// Where there is no Conekta they have nothing to do.
  void AddConektas(const auto& add, Loop* told) {
    Loop* const events = add(
        "Conekta's events", [this, told] { return ThenNotify(tenant.service.ProcessConektaEvents(), told); }, 10,
        false);
    Loop* const cancellations = add(
        "cancellations", [this] { return tenant.service.CarryOutCancellations(); }, 1'000, false);
    tenant.service.OnConektaEvent([events] { events->Notify(); });
    tenant.service.OnConektaEventDone([events, told] {
      events->Notify();
      told->Notify();
    });
    tenant.service.OnCancellation([cancellations] { cancellations->Notify(); });
  }

  static server::Task<server::JobRun> ThenNotify(server::Task<server::JobRun> work, Loop* told) {
    const server::JobRun next = co_await std::move(work);
    told->Notify();
    co_return next;
  }
  server::Task<server::JobRun> End(World& world, server::Clock& clock, std::size_t number) {
    const Result<bool> ended = co_await server::WorkOffEnding(tenant, clock.Now());
    if (ended && *ended) world.OnEnded(number);
    co_return clock.Now().PlusSeconds(2);
  }

  server::Tenant tenant;
  server::Retention retention;
  std::vector<std::unique_ptr<Loop>> loops;
};

Server::Server(World& world, int number, int life)
    : world_(world),
      process_(
          std::make_shared<Process>(world.schedule, "server " + std::to_string(number) + "." + std::to_string(life))),
      clock_(*process_, world.ahead_ms[static_cast<std::size_t>(number)]),
      random_(world.dice),
      log_(*process_),
      wire_(world, process_),
      plinto_(*process_),
      database_(std::make_shared<UnreliableStore>(world.database, *process_, world.weather, world.dice, [&world] {
        world.ledger.OnCommitted();
        world.spending.OnCommitted();
        for (const auto& mirror : world.conekta_mirrors) {
          if (mirror != nullptr) mirror->OnCommitted();
        }
      })) {
  for (std::size_t tenant = 0; tenant < world.accounts.size(); ++tenant) {
    if (!world.is_gone[tenant]) tenants_.emplace(tenant, Mount(tenant));
  }
  process_->Drain();
}

Server::~Server() {
  if (process_->IsAlive()) process_->Crash();
}

std::unique_ptr<Server::Mounted> Server::Mount(std::size_t tenant) {
  server::TenantHost host{clock_, random_, wire_, wire_, plinto_, tokens_, database_, log_};
  server::TenantRow row{.id = TenantName(tenant), .ending_since = world_.ending[tenant]};
  return std::make_unique<Mounted>(world_, *process_, host, std::move(row), tenant);
}

void Server::Serve(std::size_t tenant, HttpRequest request, Answered answered) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end() || found->second->tenant.row.ending_since) {
    answered({.status = 404});
    return;
  }
  const std::uint64_t number = ++next_request_;
  const std::string path = request.url.substr(0, request.url.find('?'));
  const bool needs_no_polar = path.ends_with("/webhooks") || path.ends_with("/webhooks/conekta") ||
                              path.ends_with("/plinto") || path.ends_with("/usage");
  requests_[number] = {request.method + " " + path, world_.schedule.Now(),
                       needs_no_polar ? kLongestDeliveryMs : kLongestRequestMs};
  process_->When(
      world_.schedule.Now(), "takes " + requests_[number].what,
      [this, tenant, number, request = std::move(request), answered = std::move(answered)](bool has_crashed) {
        if (!has_crashed) process_->Spawn(Answer(tenant, request, number, answered));
      });
}

server::Task<void> Server::Answer(std::size_t tenant, HttpRequest request, std::uint64_t number, Answered answered) {
  HttpResponse answer = co_await tenants_.at(tenant)->tenant.service.Handle(std::move(request));
  if (!process_->IsAlive()) co_return;
  world_.schedule.Note(process_->name() + " answers " + std::to_string(answer.status) + " to " +
                       requests_[number].what);
  requests_.erase(number);
  answered(std::move(answer));
}

std::optional<std::string> Server::FindOverdue() const {
  if (!process_->IsAlive()) return std::nullopt;
  const Timestamp now = world_.schedule.Now();
  // Whoever was stopped has time to catch up.
  if (now < process_->stalled_until().PlusSeconds(60)) return std::nullopt;
  for (const auto& [number, one] : requests_) {
    if (one.arrived.PlusMilliseconds(one.most_ms) < now) {
      return one.what + " has waited for more than " + std::to_string(one.most_ms / 1'000) + " s at " +
             process_->name();
    }
  }
  for (const auto& [number, mounted] : tenants_) {
    for (const auto& loop : mounted->loops) {
      if (loop->begun() && loop->begun()->PlusMilliseconds(kLongestRunMs) < now) {
        return "one run of the loop \"" + loop->name() + "\" of " + process_->name() + " takes more than " +
               std::to_string(kLongestRunMs / 60'000) + " minutes";
      }
    }
  }
  return std::nullopt;
}

}  // namespace plinto::polar::sim
