// Where the application is told of changes, as configured.
#pragma once

#include "server/config/config.h"
#include "server/service/deliveries/notifications.h"

namespace plinto::polar::server {

/// The configuration has been checked: a secret that can not sign is no secret.
[[nodiscard]] inline NotificationSettings ToNotificationSettings(const Config& config) {
  NotificationSettings settings{.url = config.app_webhook_url};
  if (auto secret = WebhookSecret::Parse(config.app_webhook_secret)) settings.secret = *std::move(secret);
  return settings;
}

}  // namespace plinto::polar::server
