// One simulation: everything out of one seed, in one thread and one time. What it is for: docs/simulation.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/conekta_mirror.h"
#include "checks/kept_promises.h"
#include "checks/ledger.h"
#include "checks/spending.h"
#include "machine/dice.h"
#include "machine/schedule.h"
#include "machine/weather.h"
#include "people/application.h"
#include "people/buyer.h"
#include "providers/conekta_account.h"
#include "providers/polar_account.h"
#include "server.h"

namespace plinto::polar::sim {

inline const std::string kPlintoSecret = "plinto-secret";
/// Of the application's back end, in every tenant.
inline const std::string kBackEndKey = "plinto_sk_" + std::string(64, '0');

[[nodiscard]] std::string TenantName(std::size_t tenant);

/// What came of a seed.
struct Outcome {
  std::optional<std::string> broken;  ///< the invariant that does not hold, in a sentence
  std::int64_t step = 0;              ///< at which it was found, or the last one
  std::uint64_t digest = 0;           ///< of the whole trace
  std::string trace;                  ///< its last lines
};

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// So many steps in bad weather, then as many in fine weather as it takes until all is quiet.
  Outcome Run(std::int64_t steps);

  /// A request to whichever server the balancer chooses. `answered` is called once, with nothing where no answer comes.
  using Answered = std::function<void(std::optional<HttpResponse>)>;
  void Call(std::size_t tenant, HttpRequest request, Answered answered);
  /// A server's request arrives at Conekta.
  HttpResponse HandleAtConekta(std::size_t tenant, const HttpRequest& request);
  /// The last of a tenant's customers was told; its rows are gone.
  void OnEnded(std::size_t tenant);

  Dice dice;
  Weather weather;
  Schedule schedule;
  DatabaseClock database_clock;
  std::shared_ptr<server::SqlRunner> database;
  Ledger ledger;
  Spending spending;
  std::vector<std::unique_ptr<PolarAccount>> accounts;  ///< by tenant
  // By tenant, null where Conekta sells nothing.
  std::vector<std::unique_ptr<ConektaAccount>> conektas;
  std::vector<std::unique_ptr<ConektaMirror>> conekta_mirrors;
  std::vector<std::unique_ptr<KeptPromises>> kept_promises;
  std::vector<std::unique_ptr<Application>> applications;  ///< by tenant
  std::vector<std::optional<Timestamp>> ending;            ///< by tenant: since when it is ending
  std::vector<bool> is_gone;                               ///< by tenant
  std::vector<std::int64_t> ahead_ms;                      ///< by server: its clock
  std::vector<std::unique_ptr<Buyer>> buyers;

 private:
  /// What a server has answered, whether or not anybody hears it, is a promise.
  void Promise(std::size_t tenant, const HttpRequest& request, const HttpResponse& response);
  void Deliver(std::size_t tenant, const char* path, HttpRequest delivery, Answered answered);
  void AddAccounts(std::size_t tenant, std::uint64_t seed);
  void AddBuyers();
  void Trouble();
  void LetTimePass(bool is_long);
  void CrashServer(std::size_t number, std::int64_t away_ms);
  void StartServer(std::size_t number);
  void CrashAll(std::int64_t away_ms);
  void SetClocks();
  void EndTenant();
  [[nodiscard]] bool StepUntil(Timestamp until);
  /// Steps in fine weather until nothing waits any more.
  void BecomeQuiet();
  /// By what they have bought, and by what they were given.
  [[nodiscard]] bool IsAllowed(const Buyer& buyer, bool with_grants = true);
  void CheckTold();
  void CheckMirror();
  void CheckBuyer(const Buyer& buyer);
  void CheckLeft(const Buyer& buyer);

  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<int> lives_;
};

}  // namespace plinto::polar::sim
