// What the service is told by its configuration, checked and in the form it needs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/polar/client.h"
#include "core/webhook/secret.h"

namespace plinto::polar::server {

struct Settings {
  PolarAccount polar;
  std::vector<WebhookSecret> webhook_secrets;
  std::string plinto_webhook_secret;  ///< empty: Plinto's own webhooks are refused
  bool create_customer_on_signup = false;
  std::map<std::string, std::string> products;  ///< slug -> product id; empty admits every product of the account
  std::set<std::string> return_origins;         ///< where success and return URLs may lead
  std::set<std::string> usage_events;           ///< what end users may record
};

}  // namespace plinto::polar::server
