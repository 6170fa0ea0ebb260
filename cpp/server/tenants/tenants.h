// The tenants beside the environment's: each with a service, a store and queues of his own, under `/t/{tenant}`.
//
// What they share is handed in: clock, randomness, connections, Plinto, the check of access tokens. The table of
// tenants is read again every two seconds: one that was added is there then, one that was rotated has his new settings
// (requests in flight end with the old ones), one that was removed is gone. Settings that cannot be read while the
// server runs are logged, and the tenant is not served. Not thread-safe: one executor owns it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/config/config.h"
#include "server/jobs/job_loop.h"
#include "server/service/service.h"
#include "server/store/database.h"

namespace plinto::polar::server {

class Tenants {
 public:
  struct Shared {
    Clock& clock;
    Random& random;
    HttpClient& http;            ///< to Polar
    HttpClient& to_application;  ///< to where tenants are told of changes
    Plinto& plinto;
    TokenVerifier& tokens;
    const Database& database;
  };
  /// Rows that go with one batch of pruning.
  static constexpr int kPruned = 500;
  using ToSettings = std::function<Result<Settings>(const Config&)>;

  /// `server` is the configuration that tenants inherit from. What is in `shared` outlives this.
  Tenants(boost::asio::any_io_executor executor, const Shared& shared, Config server, ToSettings to_settings);
  ~Tenants();

  /// Reads the table before the server starts. Errors: STORE_FAILED; those of the first tenant whose settings or
  /// signing secret can not be read.
  [[nodiscard]] Task<Status> Load();
  void Start();
  /// Returns once the work in hand is finished.
  [[nodiscard]] Task<void> Stop();

  /// Answers what is mounted under `/t/{tenant}`. Nothing for other paths and for tenants that there are not.
  [[nodiscard]] Task<std::optional<HttpResponse>> Handle(const HttpRequest& request);

 private:
  struct Tenant;

  [[nodiscard]] Result<std::shared_ptr<Tenant>> Build(const TenantRow& row) const;
  [[nodiscard]] Task<std::optional<Timestamp>> Refresh();

  boost::asio::any_io_executor executor_;
  Shared shared_;
  Config server_;
  ToSettings to_settings_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> tenants_;
  std::map<std::string, std::string> refused_;  ///< settings that were logged as unreadable, by tenant
  JobLoop refresh_;
};

}  // namespace plinto::polar::server
