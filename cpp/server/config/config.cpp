#include "server/config/config.h"

#include <algorithm>

#include "core/foundation/secret_strength.h"
#include "core/foundation/text.h"
#include "core/foundation/timestamp.h"
#include "core/foundation/url.h"
#include "core/webhook/secret.h"
#include "server/base/secrets/rsa.h"
#include "server/config/products.h"
#include "server/config/reader.h"
#include "server/config/tenant.h"
#include "server/config/usage_events.h"
#include "server/config/variables.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kProductionUrl = "https://api.polar.sh";
constexpr std::string_view kSandboxUrl = "https://sandbox-api.polar.sh";
constexpr std::size_t kShortSecret = 32;

/// PEM in one line, as .env files and hosting panels keep it, has `\n` for its line breaks.
std::string WithLineBreaks(std::string pem) {
  for (std::size_t at = pem.find("\\n"); at != std::string::npos; at = pem.find("\\n", at)) pem.replace(at, 2, "\n");
  return pem;
}

/// Whatever is set must be able to keep a secret; what is not set is somebody else's question.
void CheckSecret(ConfigReader& reader, std::string_view name, std::string_view secret,
                 std::size_t shortest = kShortestSecret, std::size_t fewest = kFewestCharacters) {
  if (secret.empty()) return;
  if (const std::string weakness = WeaknessOf(secret, shortest, fewest); !weakness.empty())
    reader.Problem(name, weakness);
}

/// Several by comma, as while rotating: empty ones too, where there is a comma too many.
std::vector<std::string_view> SplitSecrets(std::string_view secrets) {
  std::vector<std::string_view> split;
  if (secrets.empty()) return split;
  for (;;) {
    const std::size_t comma = secrets.find(',');
    split.push_back(TrimAscii(secrets.substr(0, comma)));
    if (comma == std::string_view::npos) return split;
    secrets.remove_prefix(comma + 1);
  }
}

bool IsLocal(const std::string& address) {
  const auto url = ParseUrl(address);
  return url && (url->host == "localhost" || url->host == "127.0.0.1" || url->host == "[::1]");
}

std::int64_t ReadRateLimit(ConfigReader& reader, std::string_view name, std::string_view fallback) {
  const auto limit = ParseInteger(reader.Text(name, fallback));
  if (limit && *limit >= 0 && *limit <= 1'000'000'000) return *limit;
  reader.Problem(name, "is not a number of requests a minute. Write one; 0 for no limit.");
  return 0;
}

/// Polar's limits (https://polar.sh/docs/api-reference/introduction); the emulator on this machine has none.
std::string_view RequestsAllowedBy(const std::string& api_url) {
  if (IsLocal(api_url)) return "0";
  return api_url.find("sandbox") == std::string::npos ? "500" : "100";
}

void ReadPolar(ConfigReader& reader, Config& config) {
  config.polar_access_token = reader.Required(
      "POLAR_ACCESS_TOKEN", "Create an organization access token in Polar's settings, or take the emulator's.");
  config.polar_webhook_secret = reader.Required(
      "POLAR_WEBHOOK_SECRET", "Copy the secret of the webhook endpoint at Polar, or take the emulator's.");
  if (!config.polar_webhook_secret.empty() && !ParseWebhookSecrets(config.polar_webhook_secret)) {
    reader.Problem("POLAR_WEBHOOK_SECRET", "has no secret in it. Copy the secret of the webhook endpoint at Polar.");
  }
  CheckSecret(reader, "POLAR_ACCESS_TOKEN", config.polar_access_token, kShortestToken, kFewestInToken);
  for (const std::string_view secret : SplitSecrets(config.polar_webhook_secret)) {
    CheckSecret(reader, "POLAR_WEBHOOK_SECRET", secret, kShortestPolarSecret);
  }
  const bool sandbox = reader.Bool("POLAR_SANDBOX", true);
  const std::string url = reader.BaseUrl("POLAR_API_URL", reader.Text("POLAR_API_URL"));
  config.polar_api_url = url.empty() ? std::string(sandbox ? kSandboxUrl : kProductionUrl) : url;
  config.polar_api_version = reader.Text("POLAR_API_VERSION", "2026-04");
  config.polar_requests_per_minute =
      ReadRateLimit(reader, "POLAR_REQUESTS_PER_MINUTE", RequestsAllowedBy(config.polar_api_url));
  config.create_customer_on_sign_up = reader.Bool("POLAR_CREATE_CUSTOMER_ON_SIGNUP", false);
}

/// The keys of a text that holds several, one behind the other.
std::vector<std::string> SplitKeys(std::string_view text) {
  constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
  std::vector<std::string> keys;
  while (!TrimAscii(text).empty()) {
    const std::size_t end = text.find(kEnd);
    const std::size_t length = end == std::string_view::npos ? text.size() : end + kEnd.size();
    std::string_view key = TrimAscii(text.substr(0, length));
    while (!key.empty() && key.front() == ',') key = TrimAscii(key.substr(1));
    if (!key.empty()) keys.emplace_back(key);
    text.remove_prefix(length);
  }
  return keys;
}

void ReadConekta(ConfigReader& reader, Config& config) {
  // No limit of Conekta's is documented: so many leave room for a store of its size, and none is refused for them.
  constexpr std::int64_t kRequestsPerMinute = 300;
  config.conekta_api_key = reader.Text("CONEKTA_API_KEY");
  CheckSecret(reader, "CONEKTA_API_KEY", config.conekta_api_key, kShortestToken, kFewestInToken);
  config.conekta_url = reader.BaseUrl("CONEKTA_URL", reader.Text("CONEKTA_URL", "https://api.conekta.io"));
  config.conekta_requests_per_minute = IsLocal(config.conekta_url) ? 0 : kRequestsPerMinute;
  config.conekta_webhook_keys = SplitKeys(WithLineBreaks(reader.Text("CONEKTA_WEBHOOK_KEYS")));
  for (std::size_t i = 0; i < config.conekta_webhook_keys.size(); ++i) {
    if (IsRsaPublicKey(config.conekta_webhook_keys[i])) continue;
    reader.Problem("CONEKTA_WEBHOOK_KEYS", "holds, as key " + std::to_string(i + 1) +
                                               ", no RSA public key in PEM. Copy `public_key` of the answer to POST "
                                               "/webhook_keys; several stand one behind the other.");
  }
  if (!config.conekta_api_key.empty() && config.conekta_webhook_keys.empty()) {
    config.warnings.push_back(
        "CONEKTA_WEBHOOK_KEYS is not set: nothing that is paid at Conekta is heard of before the mirror is verified");
  }
  if (config.conekta_api_key.empty() && !config.conekta_webhook_keys.empty()) {
    reader.Problem("CONEKTA_API_KEY",
                   "is not set, but CONEKTA_WEBHOOK_KEYS is: what Conekta tells is asked for again.");
  }
}

/// The algorithm of a single key is checked with the key; a JWKS holds keys of two kinds.
void ReadJwksAlgorithms(ConfigReader& reader, Config& config) {
  config.jwt_algorithms = reader.List("PLINTO_JWT_ALGORITHMS");
  if (config.jwks_url.empty()) return;
  for (const std::string& algorithm : config.jwt_algorithms) {
    if (algorithm == "RS256" || algorithm == "ES256") continue;
    reader.Problem("PLINTO_JWT_ALGORITHMS",
                   "names an algorithm other than RS256 and ES256, which are those of keys that are published.");
  }
  if (config.jwks_url.starts_with("http:") && !IsLocal(config.jwks_url)) {
    config.warnings.push_back(
        "PLINTO_JWKS_URL is not https: whoever can change what travels there can sign access tokens");
  }
}

void ReadPlinto(ConfigReader& reader, Config& config) {
  config.plinto_api_url =
      reader.BaseUrl("PLINTO_API_URL", reader.Required("PLINTO_API_URL", "Give the address of your Plinto API."));
  config.jwt_secret = reader.Text("PLINTO_JWT_SECRET");
  config.jwt_public_key = WithLineBreaks(reader.Text("PLINTO_JWT_PUBLIC_KEY"));
  config.jwks_url = reader.BaseUrl("PLINTO_JWKS_URL", reader.Text("PLINTO_JWKS_URL"));
  const int keys =
      int{!config.jwt_secret.empty()} + int{!config.jwt_public_key.empty()} + int{!config.jwks_url.empty()};
  if (keys != 1) {
    reader.Problem("PLINTO_JWT_SECRET",
                   keys == 0
                       ? "or PLINTO_JWT_PUBLIC_KEY or PLINTO_JWKS_URL is needed. Set the one that Plinto signs with."
                       : "and PLINTO_JWT_PUBLIC_KEY and PLINTO_JWKS_URL exclude each other. Keep the one that "
                         "Plinto signs with.");
  }
  ReadJwksAlgorithms(reader, config);
  if (config.jwt_secret.starts_with("-----BEGIN")) {
    reader.Problem("PLINTO_JWT_SECRET", "holds a key in PEM. Set PLINTO_JWT_PUBLIC_KEY instead.");
  } else if (const std::string weakness = WeaknessOf(config.jwt_secret);
             !config.jwt_secret.empty() && !weakness.empty()) {
    reader.Problem("PLINTO_JWT_SECRET", weakness);
  } else if (!config.jwt_secret.empty() && config.jwt_secret.size() < kShortSecret) {
    config.warnings.push_back(
        "PLINTO_JWT_SECRET is shorter than 32 bytes: tokens signed with it can be forged by "
        "guessing. Use a longer one at Plinto.");
  }
  config.jwt_issuer = reader.Text("PLINTO_JWT_ISSUER", "https://plinto.dev");
  config.jwt_audience = reader.Text("PLINTO_JWT_AUDIENCE", "plinto.dev");
}

/// Needs POLAR_CREATE_CUSTOMER_ON_SIGNUP to be read.
void ReadPlintoEvents(ConfigReader& reader, Config& config) {
  config.plinto_webhook_secret = reader.Text("PLINTO_WEBHOOK_SECRET");
  CheckSecret(reader, "PLINTO_WEBHOOK_SECRET", config.plinto_webhook_secret);
  if (config.plinto_webhook_secret.empty() && config.create_customer_on_sign_up) {
    reader.Problem(
        "PLINTO_WEBHOOK_SECRET",
        "is not set, but POLAR_CREATE_CUSTOMER_ON_SIGNUP needs Plinto's webhooks. Set the secret that Plinto "
        "signs them with.");
  }
}

void ReadStorage(ConfigReader& reader, Config& config) {
  constexpr std::string_view kScheme = "sqlite:";
  const std::string url = reader.Text("DATABASE_URL", "sqlite:./plinto-polar.db");
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    config.postgres_url = url;
    return;
  }
  if (!url.starts_with(kScheme)) {
    reader.Problem("DATABASE_URL",
                   "begins neither with `sqlite:` nor with `postgres://`. "
                   "Write sqlite:/path/to/plinto-polar.db or postgres://host/database.");
    return;
  }
  config.database_path = url.substr(kScheme.size());
  // sqlite:///absolute/path is how other programs write it.
  if (config.database_path.starts_with("///")) config.database_path.erase(0, 2);
  if (config.database_path.empty() || config.database_path.starts_with("//")) {
    reader.Problem("DATABASE_URL", "names no file. Write sqlite:/path/to/plinto-polar.db.");
  }
}

/// Nothing where there is none, or none that could be one.
std::optional<std::uint16_t> ReadPort(ConfigReader& reader, std::string_view name, std::string_view fallback) {
  const std::string text = reader.Text(name, fallback);
  if (text.empty()) return std::nullopt;
  const auto port = ParseInteger(text);
  if (port && *port >= 0 && *port <= 65'535) return static_cast<std::uint16_t>(*port);
  reader.Problem(name, "is not a number from 0 to 65535. Write one; 0 picks a free port.");
  return std::nullopt;
}

/// Signed by Standard Webhooks: the secret is whsec_ and base64.
bool CanSign(std::string_view text) {
  const auto secret = WebhookSecret::Parse(text);
  return secret && text.starts_with("whsec_") && secret->Key(KeyDerivation::kStandard);
}

void ReadNotifications(ConfigReader& reader, Config& config) {
  config.app_webhook_url = reader.Text("APP_WEBHOOK_URL");
  config.app_webhook_secret = reader.Text("APP_WEBHOOK_SECRET");
  const std::vector<std::string_view> secrets = SplitSecrets(config.app_webhook_secret);
  for (const std::string_view secret : secrets) CheckSecret(reader, "APP_WEBHOOK_SECRET", secret);
  if (config.app_webhook_url.empty()) return;
  if (!ParseUrl(config.app_webhook_url)) {
    reader.Problem("APP_WEBHOOK_URL", "is not an http or https URL. Write it as in https://app.example.com/billing.");
  }
  if (secrets.empty() || !std::all_of(secrets.begin(), secrets.end(), CanSign)) {
    reader.Problem(
        "APP_WEBHOOK_SECRET",
        "is not whsec_ and 24 to 64 bytes in base64, which APP_WEBHOOK_URL needs; while rotating two of them, "
        "the new one first, with a comma between them. Make one: echo whsec_$(openssl rand -base64 32).");
  }
}

void ReadRetention(ConfigReader& reader, Config& config) {
  const auto days = ParseInteger(reader.Text("RETENTION_DAYS", "400"));
  if (days && *days >= 0 && *days <= 36'500) {
    config.retention_days = *days;
  } else {
    reader.Problem("RETENTION_DAYS", "is not a number of days. Write one; 0 to keep everything.");
  }
}

void ReadTestClock(ConfigReader& reader, Config& config) {
  config.test_clock = reader.Text("TEST_CLOCK");
  if (config.test_clock.empty()) return;
  if (!IsLocal(config.polar_api_url)) {
    reader.Problem("TEST_CLOCK", "is for tests only: POLAR_API_URL must be that of an emulator on this machine.");
  }
  const auto text = reader.File(config.test_clock);
  if (!text || !ParseTimestamp(TrimAscii(*text))) {
    reader.Problem("TEST_CLOCK", "names no file that holds a time. Write one into it, such as 2026-01-15T12:00:00Z.");
  }
  config.warnings.push_back("the time is that of the file TEST_CLOCK names, not the machine's");
}

void ReadSealing(ConfigReader& reader, Config& config) {
  const std::string key = reader.Text("PLINTO_POLAR_KEY");
  if (key.empty()) return;
  if (auto box = SecretBox::Create(key)) {
    config.secret_box = *std::move(box);
  } else {
    reader.Problem("PLINTO_POLAR_KEY", "is not 32 bytes in base64. Make one: openssl rand -base64 32.");
  }
  CheckSecret(reader, "PLINTO_POLAR_KEY", key);
}

void ReadLogging(ConfigReader& reader, Config& config) {
  config.log_level = reader.Text("LOG_LEVEL", "info");
  for (const std::string_view level : {"debug", "info", "warn", "error"}) {
    if (config.log_level == level) return;
  }
  reader.Problem("LOG_LEVEL", "is none of debug, info, warn and error.");
}

void ReadNetwork(ConfigReader& reader, Config& config) {
  config.host = reader.Text("HOST", "127.0.0.1");
  config.port = ReadPort(reader, "PORT", "4000").value_or(0);
  ReadLogging(reader, config);
  config.metrics_host = reader.Text("METRICS_HOST", "127.0.0.1");
  config.metrics_port = ReadPort(reader, "METRICS_PORT", "");
  config.entitlements_issuer = reader.Text("ENTITLEMENTS_ISSUER", "plinto-polar");
  config.entitlements_audience = reader.Text("ENTITLEMENTS_AUDIENCE", "plinto-polar");
  config.rate_limit_per_user = ReadRateLimit(reader, "RATE_LIMIT_PER_USER", "1200");
  config.rate_limit_per_key = ReadRateLimit(reader, "RATE_LIMIT_PER_KEY", "120000");
  config.rate_limit_per_address = ReadRateLimit(reader, "RATE_LIMIT_PER_ADDRESS", "600");
  config.allowed_origins = reader.Origins("ALLOWED_ORIGINS");
  config.return_origins = reader.Origins("RETURN_ORIGINS");
  if (config.return_origins.empty()) config.return_origins = config.allowed_origins;
  if (config.return_origins.empty()) {
    config.warnings.push_back(
        "neither RETURN_ORIGINS nor ALLOWED_ORIGINS is set: checkouts with a success or return URL "
        "are refused");
  }
  const std::vector<std::string> proxies = reader.List("TRUSTED_PROXIES");
  for (std::size_t i = 0; i < proxies.size(); ++i) {
    if (config.trusted_proxies.Add(proxies[i])) continue;
    reader.Problem("TRUSTED_PROXIES", "has an entry (number " + std::to_string(i + 1) +
                                          ") that is neither an IP address nor a block such as 10.0.0.0/8.");
  }
}

Error Problems(const std::vector<std::string>& problems) {
  std::string message =
      "The configuration has " + std::to_string(problems.size()) + (problems.size() == 1 ? " problem:" : " problems:");
  for (const std::string& problem : problems) message += "\n  - " + problem;
  return Error{.code = ErrorCode::kConfigurationInvalid, .message = std::move(message)};
}

}  // namespace

Result<Config> ReadConfig(const Lookup& lookup, const ReadFile& read_file) {
  ConfigReader reader(lookup, read_file);
  Config config;
  ReadPolar(reader, config);
  ReadConekta(reader, config);
  ReadPlinto(reader, config);
  ReadPlintoEvents(reader, config);
  ReadStorage(reader, config);
  ReadSealing(reader, config);
  ReadNetwork(reader, config);
  ReadNotifications(reader, config);
  ReadRetention(reader, config);
  ReadTestClock(reader, config);
  config.plans = ReadProducts(reader);
  config.usage_events = ReadUsageEvents(reader);
  if (!reader.problems().empty()) return Problems(reader.problems());
  return config;
}

Result<Config> ReadStorageConfig(const Lookup& lookup, const ReadFile& read_file) {
  ConfigReader reader(lookup, read_file);
  Config config;
  ReadStorage(reader, config);
  ReadSealing(reader, config);
  if (!reader.problems().empty()) return Problems(reader.problems());
  return config;
}

Result<Config> ReadTenantConfig(const Config& server, const TenantValues& values) {
  const Lookup lookup = [&values](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
  const ReadFile no_file = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
  ConfigReader reader(lookup, no_file);
  Config config = server;
  config.warnings.clear();
  ReadPolar(reader, config);
  ReadConekta(reader, config);
  ReadPlintoEvents(reader, config);
  ReadNotifications(reader, config);
  config.plans = ReadProducts(reader);
  if (auto origins = reader.Origins("RETURN_ORIGINS"); !origins.empty()) config.return_origins = std::move(origins);
  if (auto events = ReadUsageEvents(reader); !events.empty()) config.usage_events = std::move(events);
  if (!reader.problems().empty()) return Problems(reader.problems());
  return config;
}

}  // namespace plinto::polar::server
