#include "server/jobs/jobs.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kPruneSeconds = 3'600;
constexpr std::int64_t kFailedSeconds = 60;

// Deliveries of one purchase come together. Polar counts requests, so usage is gathered: at 700 events a second and
// more a batch is full before it leaves.
constexpr std::chrono::milliseconds kInboxPause(10);
constexpr std::chrono::milliseconds kUsagePause(1'000);

}  // namespace

Jobs::Jobs(const boost::asio::any_io_executor& executor, Clock& clock, OperatorLog& log, Service& service,
           Notifications& notifications, Reconciler& reconciler, Prune prune)
    : clock_(clock),
      service_(service),
      reconciler_(reconciler),
      prune_(std::move(prune)),
      told_(notifications),
      inbox_(
          executor, clock, log, "inbox", [this] { return ProcessInbox(); }, kInboxPause),
      plinto_events_(
          executor, clock, log, "plinto_events", [this] { return ProcessPlintoEvents(); }, kInboxPause),
      conekta_events_(
          executor, clock, log, "conekta_events", [this] { return ProcessConektaEvents(); }, kInboxPause),
      usage_(
          executor, clock, log, "usage", [this] { return ReportUsage(); }, kUsagePause),
      notifications_(executor, clock, log, "notifications", [&notifications] { return notifications.Work(); }),
      mirror_(executor, clock, log, "mirror", [this] { return VerifyMirror(); }),
      endpoint_watch_(executor, clock, log, "endpoint_watch", [&service] { return service.WatchEndpoint(); }),
      cold_start_(executor, clock, log, "cold_start", [&service] { return service.FillMirror(); }),
      retention_(executor, clock, log, "retention", [this] { return PruneOld(); }),
      cancellations_(executor, clock, log, "cancellations", [&service] { return service.CarryOutCancellations(); }) {
  service.OnWebhook([this] { inbox_.Notify(); });
  service.OnPlintoEvent([this] { plinto_events_.Notify(); });
  service.OnPlintoEventDone([this] {
    plinto_events_.Notify();
    notifications_.Notify();
  });
  service.OnCancellation([this] { cancellations_.Notify(); });
  service.OnConektaEvent([this] { conekta_events_.Notify(); });
  service.OnConektaEventDone([this] {
    conekta_events_.Notify();
    notifications_.Notify();
  });
  service.OnUsage([this] { usage_.Notify(); });
  told_.OnDelivered([this] { notifications_.Notify(); });
}

void Jobs::Start() {
  for (JobLoop* loop : Loops()) loop->Start();
}

Task<void> Jobs::Stop() {
  for (JobLoop* loop : Loops()) loop->AskToStop();
  co_await service_.Stop();
  co_await told_.Stop();
  for (JobLoop* loop : Loops()) co_await loop->Stop();
}

Task<JobRun> Jobs::ProcessInbox() {
  const JobRun next = co_await service_.ProcessInbox();
  notifications_.Notify();
  co_return next;
}

Task<JobRun> Jobs::ProcessPlintoEvents() {
  const JobRun next = co_await service_.ProcessPlintoEvents();
  notifications_.Notify();
  co_return next;
}

Task<JobRun> Jobs::ProcessConektaEvents() {
  const JobRun next = co_await service_.ProcessConektaEvents();
  notifications_.Notify();
  co_return next;
}

// What was given up is told.
Task<JobRun> Jobs::ReportUsage() {
  const JobRun next = co_await service_.ReportUsage();
  notifications_.Notify();
  co_return next;
}

Task<JobRun> Jobs::VerifyMirror() {
  const JobRun next = co_await reconciler_.Work();
  notifications_.Notify();
  co_return next;
}

Task<JobRun> Jobs::PruneOld() {
  const Timestamp now = clock_.Now();
  if (now < prune_at_ && prune_at_ <= now.PlusSeconds(kPruneSeconds)) co_return prune_at_;
  // One batch at a time, so that others get at the database in between.
  const Result<std::int64_t> pruned = co_await prune_(now);
  if (!pruned) co_return JobRun(pruned.error(), now.PlusSeconds(kFailedSeconds));
  if (*pruned == 0) prune_at_ = now.PlusSeconds(kPruneSeconds);
  co_return prune_at_;
}

}  // namespace plinto::polar::server
