// What a tenant configures: its Polar account and what goes with it. All else is the server's.
//
// Values are kept by the names of the variables, as texts, so that a stored tenant is read by the rules that read the
// environment. Reading is pure; errors name variables, never values.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "server/config/config.h"

namespace plinto::polar::server {

/// The names of the variables that a tenant has of its own.
[[nodiscard]] std::span<const std::string_view> TenantVariables();

/// What is set, by the variable's name. PRODUCTS and USAGE_EVENTS are texts, not paths.
using TenantValues = std::map<std::string, std::string, std::less<>>;

/// Errors: CONFIGURATION_INVALID for files that cannot be read.
[[nodiscard]] Result<TenantValues> ReadTenantValues(const Lookup& lookup, const ReadFile& read_file);

/// The server's configuration with the tenant's in its place. RETURN_ORIGINS and USAGE_EVENTS are the server's where it
/// has none; its account, products, webhook secrets and notifications are never the server's.
/// Errors: CONFIGURATION_INVALID, one line of the message for each problem.
[[nodiscard]] Result<Config> ReadTenantConfig(const Config& server, const TenantValues& values);

}  // namespace plinto::polar::server
