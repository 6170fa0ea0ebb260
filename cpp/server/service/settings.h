// What the service is told by its configuration, checked and in the form it needs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/billing/entitlements.h"
#include "core/polar/client.h"
#include "core/webhook/secret.h"
#include "server/base/secret_box.h"

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
  std::optional<SecretBox> box = {};  ///< seals the signing secret in the store; without one it lies there in the open
};

struct Settings {
  PolarAccount polar;
  std::vector<WebhookSecret> webhook_secrets;
  std::string plinto_webhook_secret;  ///< empty: Plinto's own webhooks are refused
  bool create_customer_on_signup = false;
  std::map<std::string, std::string> products;  ///< slug -> product id; empty admits every product of the account
  std::set<std::string> return_origins;         ///< where success and return URLs may lead
  std::set<std::string> usage_events;           ///< what end users may record
  RateLimits rate_limits = {};
  std::vector<ProductConfiguration> plans;  ///< PRODUCTS in its order: from the lowest tier to the highest
  EntitlementSettings entitlements = {};
  /// Product id -> how buyers may choose to be billed when they change to it. Nothing: as Polar is set.
  std::map<std::string, std::set<std::string>> buyer_prorations = {};
  /// Product id -> what buyers may ask for at its checkout: `discounts`, `trials`, `amounts`, `anonymous`.
  std::map<std::string, std::set<std::string>> checkout_options = {};
};

}  // namespace plinto::polar::server
