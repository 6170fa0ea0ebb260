// One server: a process with the product's own tenants in it, and the loops that keep their queues moving.
//
// The loops do what JobLoop (cpp/server/jobs/job_loop.h) does, in simulated time: the product's own waits on the
// machine's steady clock.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "machine/machine.h"
#include "machine/unreliable_store.h"
#include "machine/wire.h"
#include "people/plinto_side.h"
#include "server/base/job_run.h"
#include "server/tenants/ending.h"
#include "server/tenants/tenant.h"

namespace plinto::polar::sim {

class World;

/// A queue that is worked off when it is notified, and when its work says that something will be due.
class Loop {
 public:
  using Work = std::function<server::Task<server::JobRun>()>;

  /// `is_slow`: it looks at Polar now and then, and may do so less often while nothing goes on.
  Loop(World& world, Process& process, server::Clock& clock, std::string name, Work work, std::int64_t pause_ms,
       bool is_slow = false);

  void Start();
  void Notify();
  /// Since when it is at work; nothing while it waits.
  [[nodiscard]] std::optional<Timestamp> begun() const { return begun_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  server::Task<void> Run();

  World& world_;
  Process& process_;
  server::Clock& clock_;
  std::string name_;
  Work work_;
  std::int64_t pause_ms_;
  bool is_slow_;
  bool is_notified_ = false;
  int failures_ = 0;  ///< in a row
  Process::Wait wait_ = 0;
  std::optional<Timestamp> begun_;
};

class Server {
 public:
  Server(World& world, int number, int life);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  using Answered = std::function<void(HttpResponse)>;
  /// A request for the tenant of this number arrives. `answered` is called unless the process crashes.
  void Serve(std::size_t tenant, HttpRequest request, Answered answered);
  void Crash() { process_->Crash(); }
  void StallUntil(Timestamp at) { process_->StallUntil(at); }

  /// Who has waited for longer than anybody should, in a sentence.
  [[nodiscard]] std::optional<std::string> FindOverdue() const;

 private:
  /// One tenant, and its loops.
  struct Mounted;
  struct Request {
    std::string what;
    Timestamp arrived;
    std::int64_t most_ms;
  };
  [[nodiscard]] std::unique_ptr<Mounted> Mount(std::size_t tenant);
  server::Task<void> Answer(std::size_t tenant, HttpRequest request, std::uint64_t number, Answered answered);

  World& world_;
  std::shared_ptr<Process> process_;
  MachineClock clock_;
  MachineRandom random_;
  MachineLog log_;
  Wire wire_;
  PlintoSide plinto_;
  PlainTokens tokens_;
  server::Database database_;
  std::map<std::size_t, std::unique_ptr<Mounted>> tenants_;
  std::map<std::uint64_t, Request> requests_;
  std::uint64_t next_request_ = 0;
};

}  // namespace plinto::polar::sim
