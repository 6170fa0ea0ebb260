// The tenants of a server: the environment's account, mounted at the root, and those of the database, each under
// `/t/{tenant}`.
//
// The table of tenants is read again every two seconds: one that was added is there then, one that was rotated has its
// new settings (requests in flight end with the old ones, and its jobs begin once the old ones have ended), one that
// was removed is served no more, and goes once its customers' endings are told (ending.h). Settings that cannot be read
// while the server runs are logged, and the tenant is not served. Not thread-safe: one executor owns it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/base/async/task_group.h"
#include "server/jobs/job_loop.h"
#include "server/tenants/readiness.h"
#include "server/tenants/tenant.h"

namespace plinto::polar::server {

class Tenants {
 public:
  /// `config` is the environment's, which the other tenants inherit from; `settings` is what it means.
  Tenants(boost::asio::any_io_executor executor, const TenantHost& host, Config config, const Settings& settings);

  /// Reads the table before the server starts, and prepares every service. Errors: STORE_FAILED; those of the first
  /// tenant whose settings or signing secret cannot be read.
  [[nodiscard]] Task<Status> Prepare();
  void Start();
  /// All are asked first. Returns once the work in hand is finished.
  [[nodiscard]] Task<void> Stop();

  /// Answers what is mounted under `/t/{tenant}` by that tenant, all else by the environment's account.
  [[nodiscard]] Task<HttpResponse> Handle(HttpRequest request);
  /// What the head of such a request decides before its body is read (Service::PermitBody()).
  [[nodiscard]] Task<BodyPermit> PermitBody(HttpRequest head);

  /// Requests that may be sent to Polar at once, by the tenant that may send the fewest; none where none is limited.
  [[nodiscard]] std::optional<std::int64_t> LeastTokens();

  /// What keeps the server from its work, in words that may be shown to anybody; empty when nothing does: the store
  /// takes writes (readiness.h), and every loop goes on.
  [[nodiscard]] Task<std::string> WhyNotReady();

  /// How long ago each loop last went on, by its name: of the tenant where that is longest ago.
  [[nodiscard]] std::map<std::string, std::chrono::steady_clock::duration> Heartbeats();

 private:
  [[nodiscard]] Result<std::shared_ptr<Tenant>> Build(const TenantRow& row) const;
  [[nodiscard]] std::shared_ptr<Tenant> Find(std::string_view url) const;
  [[nodiscard]] Task<JobRun> Refresh();
  /// Builds what was added or changed, and takes out what was removed. Returns those that leave.
  [[nodiscard]] std::vector<std::shared_ptr<Tenant>> Take(const std::vector<TenantRow>& rows);
  /// Stops its jobs, and starts those of whoever has its place.
  [[nodiscard]] Task<void> Leave(std::shared_ptr<Tenant> old);
  void StartJobs(Tenant& tenant);
  /// Errors: STORE_FAILED, of one of them; the others were worked off.
  [[nodiscard]] Task<Status> WorkOffEndings();
  [[nodiscard]] std::vector<JobLoop*> Loops();

  boost::asio::any_io_executor executor_;
  TenantHost host_;
  Config config_;
  Tenant environment_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> tenants_;
  std::map<std::string, std::string> refused_;  ///< settings that were logged as unreadable, by tenant
  std::multiset<std::string> leaving_ids_;      ///< whose jobs have not ended
  bool is_stopping_ = false;
  TaskGroup leaving_;
  Readiness readiness_;
  JobLoop refresh_;
};

}  // namespace plinto::polar::server
