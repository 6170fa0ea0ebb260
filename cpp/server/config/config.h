// The server's settings, checked as a whole before anything starts.
//
// Reading is pure: the caller says where values and files come from. All problems are reported at once, each with the
// variable's name and what to do, and never with a value, which may be a secret.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/plan.h"
#include "core/billing/usage/usage_range.h"
#include "core/foundation/result.h"
#include "server/base/network.h"
#include "server/base/secrets/secret_box.h"

namespace plinto::polar::server {

struct Config {
  std::string polar_access_token;
  std::string polar_api_url;  ///< No slash at its end; from POLAR_API_URL or POLAR_SANDBOX.
  std::string polar_api_version;
  std::int64_t polar_requests_per_minute = 0;  ///< 0 for no limit.
  std::string polar_webhook_secret;            ///< As given: one, or several by comma.
  bool create_customer_on_sign_up = false;

  std::string conekta_url;                        ///< No slash at its end.
  std::string conekta_api_key;                    ///< Empty: nothing is sold by Conekta.
  std::vector<std::string> conekta_webhook_keys;  ///< In PEM; empty: its webhooks are refused.
  std::int64_t conekta_requests_per_minute = 0;   ///< 0 for no limit.

  std::string plinto_api_url;  ///< No slash at its end.
  std::string jwt_secret;      ///< One of these three is set.
  std::string jwt_public_key;
  std::string jwks_url;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::vector<std::string> jwt_algorithms;  ///< Empty: by the key.
  std::string plinto_webhook_secret;        ///< May be empty: then Plinto's events are refused.

  std::string database_path;  ///< Of SQLite; or, in its place,
  std::string postgres_url;   ///< of PostgreSQL, as libpq reads it.
  std::string host;
  std::uint16_t port = 0;
  std::string log_level;  ///< One of debug, info, warn, error.
  std::string metrics_host;
  std::optional<std::uint16_t> metrics_port;  ///< Nothing: no metrics.
  std::vector<std::string> allowed_origins;
  std::vector<std::string> return_origins;
  NetworkList trusted_proxies;
  std::optional<SecretBox> secret_box;  ///< Of PLINTO_POLAR_KEY.
  std::string entitlements_issuer;
  std::string entitlements_audience;
  std::int64_t rate_limit_per_user = 0;  ///< Requests a minute; 0 for no limit.
  std::int64_t rate_limit_per_key = 0;
  std::int64_t rate_limit_per_address = 0;
  std::vector<Plan> plans;   ///< PRODUCTS; empty: any product that Polar accepts.
  UsageRanges usage_events;  ///< What end users may record, and how much of it at once.

  std::string app_webhook_url;  ///< Where the application listens; empty: it is told nothing.
  std::string app_webhook_secret;
  std::int64_t retention_days = 0;  ///< 0 keeps everything.
  std::string test_clock;           ///< File of base/time/test_clock.h; empty: the machine's time.

  /// What is allowed but probably not meant; for the log.
  std::vector<std::string> warnings;
};

/// The value of a variable, or nothing when it is not set.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
/// The content of a file, or nothing when it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

/// Errors: CONFIGURATION_INVALID, one line of the message for each problem.
[[nodiscard]] Result<Config> ReadConfig(const Lookup& lookup, const ReadFile& read_file);
/// Reads DATABASE_URL and PLINTO_POLAR_KEY only, for commands that do not serve. Errors: CONFIGURATION_INVALID.
[[nodiscard]] Result<Config> ReadStorageConfig(const Lookup& lookup, const ReadFile& read_file);

}  // namespace plinto::polar::server
