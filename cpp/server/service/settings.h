// What the service is told by its configuration, checked and in the form it needs.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/billing/plan.h"
#include "core/billing/usage/usage_range.h"
#include "core/conekta/account.h"
#include "core/polar/client.h"
#include "core/webhook/secret.h"
#include "server/base/secrets/secret_box.h"

namespace plinto::polar::server {

/// Requests a minute; 0 for no limit.
struct RateLimits {
  std::int64_t per_user = 0;
  std::int64_t per_key = 0;      ///< of a service key
  std::int64_t per_address = 0;  ///< of those who show no valid credentials
};

/// Of entitlement tokens.
struct EntitlementSettings {
  std::string issuer = "plinto-polar";
  std::string audience = "plinto-polar";
  std::int64_t lifetime_seconds = 300;
  std::string seal_context = "entitlements";  ///< what the secret is sealed for: it opens for nobody else
  std::optional<SecretBox> box = {};  ///< seals the signing secret in the store; without one it is stored unsealed
};

struct Settings {
  PolarAccount polar;
  ConektaAccount conekta = {};                         ///< nothing is sold by Conekta without its key
  std::vector<std::string> conekta_webhook_keys = {};  ///< public keys in PEM; empty: its webhooks are refused
  std::int64_t conekta_requests_per_minute = 0;        ///< 0 for no limit
  std::int64_t polar_requests_per_minute = 0;          ///< what upstream_budget.h counts to; 0 for no limit
  std::string mount;  ///< before `/polar` in the paths of this tenant, as in `/t/acme`; empty for the environment's
  bool is_ending = false;  ///< the tenant was removed: what waits is finished, and nothing is begun
  std::vector<WebhookSecret> webhook_secrets;
  std::string plinto_webhook_secret;  ///< empty: Plinto's own webhooks are refused
  bool create_customer_on_signup = false;
  bool tells_application = false;        ///< APP_WEBHOOK_URL is set
  std::vector<Plan> plans;               ///< PRODUCTS in its order; empty admits every product of the account
  std::set<std::string> return_origins;  ///< where success and return URLs may lead
  UsageRanges usage_events;              ///< what end users may record
  RateLimits rate_limits = {};
  EntitlementSettings entitlements = {};
};

}  // namespace plinto::polar::server
