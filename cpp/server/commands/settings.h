// The server's settings from flags, environment and files, and what is opened with them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "server/auth/jwks_verifier.h"
#include "server/auth/jwt_verifier.h"
#include "server/config/config.h"
#include "server/config/tenant.h"
#include "server/store/database.h"

namespace plinto::polar::server {

/// The values given as flags, by the variable's name.
using Flags = std::map<std::string, std::string, std::less<>>;

/// Adds a flag for every variable, and for its _FILE variant where it has one.
void AddFlags(CLI::App& command, Flags& flags);

/// A flag wins over the environment. Errors: as ReadConfig.
[[nodiscard]] Result<Config> LoadConfig(const Flags& flags);
/// As these two, with DATABASE_URL and PLINTO_POLAR_KEY alone.
void AddStorageFlags(CLI::App& command, Flags& flags);
[[nodiscard]] Result<Config> LoadStorageConfig(const Flags& flags);
/// As these two, with what a tenant has of its own. In the environment a tenant's variables begin with TENANT_, so that
/// nobody is given the server's account by mistake.
void AddTenantFlags(CLI::App& command, Flags& flags);
[[nodiscard]] Result<TenantValues> LoadTenantValues(const Flags& flags);

/// The database that DATABASE_URL names, at the newest schema; SQLite's is created. Errors: STORE_FAILED.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenDatabase(const Config& config);
/// The same for commands beside the server, which would look for what is in another file: one that is not there is not
/// created. Errors: STORE_FAILED; NOT_FOUND.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenExistingDatabase(const Config& config);
/// The same, where the tenant is in it. Errors: the same, NOT_FOUND for a tenant that does not exist too.
[[nodiscard]] Task<Result<std::unique_ptr<Database>>> OpenTenantDatabase(Config config, std::string tenant);
/// The store of a tenant in it. Errors: the same.
[[nodiscard]] Task<Result<std::unique_ptr<Store>>> OpenTenantStore(Config config, std::string tenant);

struct OpenedTenant {
  Config config;
  std::unique_ptr<Database> database;
};
/// A tenant's configuration, which inherits from the server's, and the database that it is in; with the default tenant
/// the environment's own. Errors: those of LoadConfig, OpenExistingDatabase and TenantConfigOf
/// (tenants/service_settings.h); NOT_FOUND.
[[nodiscard]] Task<Result<OpenedTenant>> OpenTenant(const Flags& flags, std::string tenant);

/// What is said of a tenant that does not exist.
[[nodiscard]] Error NoTenant(const std::string& id);
/// What is said of an id that no customer has.
[[nodiscard]] Error NoCustomer();

[[nodiscard]] JwtConfig ToJwtConfig(const Config& config);
/// By the key that is configured. `http` outlives it. Errors: CONFIGURATION_INVALID for a key that cannot be used.
[[nodiscard]] Result<std::unique_ptr<TokenVerifier>> MakeVerifier(const Config& config, HttpClient& http);

}  // namespace plinto::polar::server
