// One queue that is worked off: when it is notified, and when its work says that something will be due.
//
// It does not end unseen: what a run throws, and what kept a job from its work, is said once, and once more when it
// works again, and the loop goes on. Runs on one executor. Stop() it before it goes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "server/base/job_run.h"
#include "server/base/operator_log.h"
#include "server/base/time/clock.h"
#include "server/jobs/heartbeat.h"

namespace plinto::polar::server {

class JobLoop {
 public:
  using Work = std::function<Task<JobRun>()>;

  /// Whatever a run waits for answers or gives up within half a minute: a loop that has not gone on for longer than
  /// this waits for what never comes.
  static constexpr std::chrono::seconds kDeadAfter{120};

  /// `name` is a label of the metrics: one of a fixed list. `log` outlives this. Between the beginnings of two runs
  /// passes at least the pause: what comes meanwhile is worked off together.
  JobLoop(const boost::asio::any_io_executor& executor, Clock& clock, OperatorLog& log, std::string name, Work work,
          std::chrono::milliseconds pause = {});
  /// Whether the job works is looked at no more.
  ~JobLoop();
  JobLoop(const JobLoop&) = delete;
  JobLoop& operator=(const JobLoop&) = delete;

  /// Runs the work at once, and then when it is due: at the latest after half a minute, so that neither a lost
  /// notification nor a wall clock that was set back stops the queue. Once: it does nothing after that, or after a
  /// stop.
  void Start();
  void Notify();
  /// Begins no run any more.
  void AskToStop();
  /// The same. Returns once the work in hand is finished, also when it was never started.
  [[nodiscard]] Task<void> Stop();

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Since it last went on; zero unless it is meant to run.
  [[nodiscard]] std::chrono::steady_clock::duration Age() const;
  /// It has ended by itself, or not gone on for too long. Said once, and once more when it has gone on.
  [[nodiscard]] bool IsDead(std::chrono::steady_clock::duration after = kDeadAfter);

 private:
  Task<void> Run();
  [[nodiscard]] Task<JobRun> RunOnce();
  void Say(const JobRun& run);
  [[nodiscard]] std::chrono::seconds PauseAfterFailure() const;

  std::shared_ptr<Heartbeat> heart_ = std::make_shared<Heartbeat>();  // before the executor, which holds it
  boost::asio::any_io_executor executor_;
  Clock& clock_;
  OperatorLog& log_;
  std::string name_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer pace_;
  boost::asio::steady_timer done_;
  Work work_;
  std::chrono::milliseconds pause_;
  int failures_ = 0;  ///< in a row
  bool has_thrown_ = false;
  bool is_said_dead_ = false;
  bool notified_ = false;
  bool started_ = false;
  bool stopping_ = false;
  bool running_ = false;
};

}  // namespace plinto::polar::server
