// Events that wait for somebody, worked off as they come, several side by side: Plinto's, which are brought to Polar,
// and Conekta's, which is asked for what they name.
//
// Of one subject or customer one at a time, on all servers together; each is marked alone, as soon as it is done. Like
// the service it owns no clock or socket; one executor.
#pragma once

#include <functional>
#include <optional>

#include "server/base/async/task_group.h"
#include "server/base/job_run.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// How long working one off may wait for others, from before it was claimed. Twice as much is left of the claim for
/// what the store takes: nothing is asked for once another server may have it.
inline constexpr std::int64_t kEventBudgetMs = 20'000;
static_assert(3 * kEventBudgetMs <= kEventHeldSeconds * 1'000);

/// What working one off has brought.
struct AppliedEvent {
  std::string about = {};  ///< whom it is about, where that is known now; else as before
  Facts facts = {};
};

/// How events of one source are worked off. Errors: those of whom it asks; VALIDATION_FAILED for what cannot be read.
struct EventSource {
  WebhookSource source;
  Task<Result<AppliedEvent>> (*apply)(Shared& shared, const WebhookRow& webhook, Timestamp deadline);
};

class EventQueue {
 public:
  EventQueue(Shared& shared, EventSource source) : shared_(shared), source_(source) {}
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Begins to work off what is due: at most eight at a time, which go on after it has returned. Returns when something
  /// will be due, if anything waits.
  [[nodiscard]] Task<JobRun> Work();
  /// Called when something that was in hand is not any more: it is time for Work().
  void OnDone(std::function<void()> done) { in_hand_.OnEnded(std::move(done)); }
  /// Returns once nothing is in hand.
  [[nodiscard]] Task<void> Wait() { return in_hand_.Wait(); }

 private:
  /// What is worked off now, with the time before it was asked for.
  struct HeldEvent {
    WebhookRow webhook;
    Timestamp since;
  };
  [[nodiscard]] Task<Result<std::optional<HeldEvent>>> TakeNext();
  /// This one, and then one after the other while there are any.
  [[nodiscard]] Task<void> WorkOffAll(HeldEvent first);
  /// False when the next one is not to be taken at once.
  [[nodiscard]] Task<bool> WorkOff(HeldEvent held);
  [[nodiscard]] Task<bool> FinishAlone(const WebhookRow& webhook, WebhookOutcome outcome);
  [[nodiscard]] Task<void> GiveBackOne(const WebhookRow& webhook);
  [[nodiscard]] bool IsAtRest() const;

  Shared& shared_;
  EventSource source_;
  Timestamp rests_until_ = {};          ///< the store marks nothing: nothing is taken up before
  std::optional<Error> unmarked_ = {};  ///< why it does not
  TaskGroup in_hand_;
};

}  // namespace plinto::polar::server
