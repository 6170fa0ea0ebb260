// Plinto's events, worked off as they come: several side by side, since each of them may wait for Polar.
//
// Of one subject one at a time, on all servers together; each is marked alone, as soon as it is done. Like the service
// it owns no clock or socket; one executor.
#pragma once

#include <functional>
#include <optional>

#include "server/base/job_run.h"
#include "server/base/task_group.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

class PlintoQueue {
 public:
  explicit PlintoQueue(Shared& shared) : shared_(shared) {}
  PlintoQueue(const PlintoQueue&) = delete;
  PlintoQueue& operator=(const PlintoQueue&) = delete;

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
  Timestamp rests_until_ = {};          ///< the store marks nothing: nothing is taken up before
  std::optional<Error> unmarked_ = {};  ///< why it does not
  TaskGroup in_hand_;
};

}  // namespace plinto::polar::server
