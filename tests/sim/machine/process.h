// One life of a server's process: the coroutines that it runs, and what each of them waits for.
//
// A crash ends it between two steps: whatever waits is answered with a failure or unwound by an exception, nothing that
// runs then reaches the world, and what was not committed never is. A stall stops it for a while and lets it go on.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>

#include "machine/schedule.h"
#include "server/base/async/task.h"

namespace plinto::polar::sim {

/// Thrown out of what a process waits for when it has crashed. Not a std::exception: nobody handles it.
struct Crashed {};

class Process {
 public:
  Process(Schedule& schedule, std::string name) : schedule_(schedule), name_(std::move(name)) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] bool IsAlive() const { return is_alive_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] Schedule& schedule() { return schedule_; }

  /// Names something that is waited for.
  using Wait = std::uint64_t;
  /// Calls `then` in this process at that time; or at a crash, which it is told.
  Wait When(Timestamp at, const std::string& what, std::function<void(bool has_crashed)> then);
  /// The same for a coroutine. Throws Crashed. `wait` receives its name.
  server::Task<void> Until(Timestamp at, std::string what, Wait* wait = nullptr);
  /// What is waited for comes earlier, or not at all where it has come.
  void Hasten(Wait wait, Timestamp at);

  /// Runs it beside all others. `ended` is called unless the process crashes.
  void Spawn(server::Task<void> task, std::function<void()> ended = {});

  /// Goes on as far as it can without a further event.
  void Drain();
  void Crash();
  void StallUntil(Timestamp at) { stalled_until_ = at; }
  /// When it was stopped last; a time far ago if it never was.
  [[nodiscard]] Timestamp stalled_until() const { return stalled_until_; }

 private:
  struct Waiting {
    Schedule::Key key;
    std::string what;
    std::function<void(bool has_crashed)> then;
  };
  void Plan(Wait wait, Timestamp at);
  void Come(Wait wait);

  Schedule& schedule_;
  std::string name_;
  boost::asio::io_context context_{1};
  std::map<Wait, Waiting> waiting_;
  Wait next_ = 0;
  bool is_alive_ = true;
  Timestamp stalled_until_ = {};
};

}  // namespace plinto::polar::sim
