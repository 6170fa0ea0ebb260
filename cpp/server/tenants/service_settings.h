// What a configuration means for one tenant's service and for its notifications.
#pragma once

#include "server/config/config.h"
#include "server/service/deliveries/notifications.h"
#include "server/service/settings.h"
#include "server/store/database.h"

namespace plinto::polar::server {

/// The configuration of one tenant, which inherits from the server's. Errors: those of OpenTenant (tenant_settings.h)
/// and ReadTenantConfig (config/tenant.h).
[[nodiscard]] Result<Config> TenantConfigOf(const Config& server, const TenantRow& row);

/// Errors: VALIDATION_FAILED for webhook secrets that cannot be read.
[[nodiscard]] Result<Settings> ToSettings(const Config& config);

/// Where the application is told of changes. The configuration has been checked: a secret that cannot sign is left out.
[[nodiscard]] NotificationSettings ToNotificationSettings(const Config& config);

}  // namespace plinto::polar::server
