#include "server/jobs/jobs.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kPruneSeconds = 3'600;

// Deliveries of one purchase come together. Polar counts requests, so usage is gathered: at 700 events a second and
// more a batch is full before it leaves.
constexpr std::chrono::milliseconds kInboxPause(10);
constexpr std::chrono::milliseconds kUsagePause(1'000);

}  // namespace

Jobs::Jobs(const boost::asio::any_io_executor& executor, Clock& clock, Service& service, Notifications& notifications,
           Reconciler& reconciler, Prune prune)
    : clock_(clock),
      service_(service),
      reconciler_(reconciler),
      prune_(std::move(prune)),
      told_(notifications),
      inbox_(
          executor, clock, [this] { return ProcessInbox(); }, kInboxPause),
      plinto_events_(
          executor, clock, [this] { return ProcessPlintoEvents(); }, kInboxPause),
      usage_(
          executor, clock, [&service] { return service.ReportUsage(); }, kUsagePause),
      notifications_(executor, clock, [&notifications] { return notifications.Work(); }),
      mirror_(executor, clock, [this] { return VerifyMirror(); }),
      endpoint_watch_(executor, clock, [&service] { return service.WatchEndpoint(); }),
      cold_start_(executor, clock, [&service] { return service.FillMirror(); }),
      retention_(executor, clock, [this] { return PruneOld(); }) {
  service.OnWebhook([this] { inbox_.Notify(); });
  service.OnPlintoEvent([this] { plinto_events_.Notify(); });
  service.OnPlintoEventDone([this] {
    plinto_events_.Notify();
    notifications_.Notify();
  });
  service.OnUsage([this] { usage_.Notify(); });
  told_.OnDelivered([this] { notifications_.Notify(); });
}

void Jobs::Start() {
  inbox_.Start();
  plinto_events_.Start();
  usage_.Start();
  notifications_.Start();
  mirror_.Start();
  endpoint_watch_.Start();
  cold_start_.Start();
  retention_.Start();
}

Task<void> Jobs::Stop() {
  co_await service_.Stop();
  co_await inbox_.Stop();
  co_await plinto_events_.Stop();
  co_await usage_.Stop();
  co_await told_.Stop();
  co_await notifications_.Stop();
  co_await mirror_.Stop();
  co_await endpoint_watch_.Stop();
  co_await cold_start_.Stop();
  co_await retention_.Stop();
}

Task<std::optional<Timestamp>> Jobs::ProcessInbox() {
  const std::optional<Timestamp> next = co_await service_.ProcessInbox();
  notifications_.Notify();
  co_return next;
}

Task<std::optional<Timestamp>> Jobs::ProcessPlintoEvents() {
  const std::optional<Timestamp> next = co_await service_.ProcessPlintoEvents();
  notifications_.Notify();
  co_return next;
}

Task<std::optional<Timestamp>> Jobs::VerifyMirror() {
  const std::optional<Timestamp> next = co_await reconciler_.Work();
  notifications_.Notify();
  co_return next;
}

Task<std::optional<Timestamp>> Jobs::PruneOld() {
  const Timestamp now = clock_.Now();
  if (now < prune_at_ && prune_at_ <= now.PlusSeconds(kPruneSeconds)) co_return prune_at_;
  // One batch at a time, so that others get at the database in between.
  const Result<std::int64_t> pruned = co_await prune_(now);
  if (!pruned || *pruned == 0) prune_at_ = now.PlusSeconds(kPruneSeconds);
  co_return prune_at_;
}

}  // namespace plinto::polar::server
