#include "server/tenants/service_settings.h"

#include "server/tenants/tenant_settings.h"

namespace plinto::polar::server {

Result<Config> TenantConfigOf(const Config& server, const TenantRow& row) {
  Result<TenantValues> values = OpenTenant(server.secret_box, row);
  if (!values) return std::move(values).error();
  Result<Config> config = ReadTenantConfig(server, *values);
  if (config) return config;
  Error error = std::move(config).error();
  error.message = "Tenant `" + row.id + "`: " + error.message;
  return error;
}

Result<Settings> ToSettings(const Config& config) {
  Result<std::vector<WebhookSecret>> secrets = ParseWebhookSecrets(config.polar_webhook_secret);
  if (!secrets) return std::move(secrets).error();
  Settings settings;
  settings.polar = {.base_url = config.polar_api_url,
                    .access_token = config.polar_access_token,
                    .api_version = config.polar_api_version};
  settings.conekta = {.base_url = config.conekta_url, .api_key = config.conekta_api_key};
  settings.conekta_webhook_keys = config.conekta_webhook_keys;
  settings.conekta_requests_per_minute = config.conekta_requests_per_minute;
  settings.polar_requests_per_minute = config.polar_requests_per_minute;
  settings.webhook_secrets = *std::move(secrets);
  settings.plinto_webhook_secret = config.plinto_webhook_secret;
  settings.create_customer_on_signup = config.create_customer_on_sign_up;
  settings.tells_application = !config.app_webhook_url.empty();
  settings.plans = config.plans;
  settings.return_origins = {config.return_origins.begin(), config.return_origins.end()};
  settings.usage_events = config.usage_events;
  settings.entitlements.box = config.secret_box;
  settings.entitlements.issuer = config.entitlements_issuer;
  settings.entitlements.audience = config.entitlements_audience;
  settings.rate_limits = {.per_user = config.rate_limit_per_user,
                          .per_key = config.rate_limit_per_key,
                          .per_address = config.rate_limit_per_address};
  return settings;
}

NotificationSettings ToNotificationSettings(const Config& config) {
  NotificationSettings settings{.url = config.app_webhook_url};
  Result<std::vector<WebhookSecret>> secrets = ParseWebhookSecrets(config.app_webhook_secret);
  if (!secrets) return settings;
  for (WebhookSecret& secret : *secrets) {
    if (secret.Key(KeyDerivation::kStandard)) settings.secrets.push_back(std::move(secret));
  }
  return settings;
}

}  // namespace plinto::polar::server
