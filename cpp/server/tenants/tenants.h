// The tenants of a server: the environment's account, mounted at the root, and those of the database, each under
// `/t/{tenant}`.
//
// The table of tenants is read again every two seconds: one that was added is there then, one that was rotated has its
// new settings (requests in flight end with the old ones), one that was removed is served no more, and goes once its
// customers' endings are told (ending.h). Settings that cannot be read while the server runs are logged, and the tenant
// is not served. Not thread-safe: one executor owns it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "server/jobs/job_loop.h"
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
  /// Returns once the work in hand is finished.
  [[nodiscard]] Task<void> Stop();

  /// Answers what is mounted under `/t/{tenant}` by that tenant, all else by the environment's account.
  [[nodiscard]] Task<HttpResponse> Handle(HttpRequest request);
  /// What the head of such a request decides before its body is read (Service::PermitBody()).
  [[nodiscard]] Task<BodyPermit> PermitBody(HttpRequest head);

  /// Requests that may be sent to Polar at once, by the tenant that may send the fewest; none where none is limited.
  [[nodiscard]] std::optional<std::int64_t> LeastTokens();

  /// True when the environment's store can commit.
  [[nodiscard]] Task<bool> IsReady() { return environment_.store->IsReady(); }

 private:
  [[nodiscard]] Result<std::shared_ptr<Tenant>> Build(const TenantRow& row) const;
  [[nodiscard]] std::shared_ptr<Tenant> Find(std::string_view url) const;
  [[nodiscard]] Task<std::optional<Timestamp>> Refresh();
  [[nodiscard]] Task<void> WorkOffEndings();

  boost::asio::any_io_executor executor_;
  TenantHost host_;
  Config config_;
  Tenant environment_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> tenants_;
  std::map<std::string, std::string> refused_;  ///< settings that were logged as unreadable, by tenant
  JobLoop refresh_;
};

}  // namespace plinto::polar::server
