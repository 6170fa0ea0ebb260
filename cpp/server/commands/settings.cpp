#include "server/commands/settings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/auth/remembering_verifier.h"
#include "server/config/unknown_settings.h"
#include "server/config/variables.h"
#include "server/tenants/service_settings.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kFileSuffix = "_FILE";

std::optional<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad() || content.fail()) return std::nullopt;
  return content.str();
}

void AddFlag(CLI::App& command, Flags& flags, const Variable& variable) {
  const std::string name(variable.name);
  CLI::Option* option = command.add_option(FlagOf(name), flags[name], std::string(variable.doc));
  option->type_name("TEXT");
  if (!variable.fallback.empty()) option->default_str(std::string(variable.fallback));
  if (!variable.from_file) return;
  const std::string from_file = name + std::string(kFileSuffix);
  command.add_option(FlagOf(from_file), flags[from_file], "A file that holds it.")->type_name("PATH");
}

Lookup LookupIn(const Flags& flags, std::string prefix = {}) {
  // A value and its _FILE variant are one setting: a flag for either makes the environment's other one void.
  return [&flags, prefix = std::move(prefix)](std::string_view name) -> std::optional<std::string> {
    const auto given = [&flags](const std::string& one) {
      const auto flag = flags.find(one);
      return flag != flags.end() && !flag->second.empty();
    };
    const std::string key(name);
    if (given(key)) return flags.at(key);
    const bool is_file = name.ends_with(kFileSuffix);
    const std::string other = is_file ? key.substr(0, key.size() - kFileSuffix.size()) : key + std::string(kFileSuffix);
    if (given(other)) return std::nullopt;
    const char* value = std::getenv((prefix + key).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

}  // namespace

void AddFlags(CLI::App& command, Flags& flags) {
  for (const Variable& variable : AllVariables()) AddFlag(command, flags, variable);
}

void AddStorageFlags(CLI::App& command, Flags& flags) {
  for (const Variable& variable : AllVariables()) {
    if (variable.name == "DATABASE_URL" || variable.name == "PLINTO_POLAR_KEY") AddFlag(command, flags, variable);
  }
}

void AddTenantFlags(CLI::App& command, Flags& flags) {
  const auto names = TenantVariables();
  for (const Variable& variable : AllVariables()) {
    if (std::find(names.begin(), names.end(), variable.name) != names.end()) AddFlag(command, flags, variable);
  }
}

namespace {

/// The names of the environment.
std::vector<std::string> EnvironmentNames() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view one(*entry);
    names.emplace_back(one.substr(0, one.find('=')));
  }
  return names;
}

/// The settings that a command has flags for, as the environment spells them. A flag counts as set.
UnknownSettings FindUnknown(const Flags& flags, const std::string& prefix = {}) {
  std::vector<std::string> known;
  std::vector<std::string> set = EnvironmentNames();
  for (const auto& [name, value] : flags) {
    known.push_back(prefix + name);
    if (!value.empty()) set.push_back(known.back());
  }
  return FindUnknownSettings(known, set);
}

/// Adds what the environment has to what the settings themselves have.
template <class T>
Result<T> WithProblems(Result<T> read, const std::vector<std::string>& problems) {
  if (problems.empty()) return read;
  std::string message = read ? "The configuration has settings that are not known:" : read.error().message;
  for (const std::string& problem : problems) message += "\n  - " + problem;
  return Error{.code = ErrorCode::kConfigurationInvalid, .message = std::move(message)};
}

}  // namespace

Result<Config> LoadConfig(const Flags& flags) {
  const UnknownSettings unknown = FindUnknown(flags);
  Result<Config> config = WithProblems(ReadConfig(LookupIn(flags), ReadWholeFile), unknown.problems);
  for (const std::string& name : unknown.warnings) {
    if (config) config->warnings.push_back(name + " is set, which is no setting of this server");
  }
  return config;
}

Result<Config> LoadStorageConfig(const Flags& flags) {
  // The environment is the server's: beside DATABASE_URL and PLINTO_POLAR_KEY it has all of the others.
  const UnknownSettings unknown = FindUnknown(flags);
  std::vector<std::string> misspelled;
  for (const std::string& problem : unknown.problems) {
    if (problem.find("Did you mean") != std::string::npos) misspelled.push_back(problem);
  }
  return WithProblems(ReadStorageConfig(LookupIn(flags), ReadWholeFile), misspelled);
}

Result<TenantValues> LoadTenantValues(const Flags& flags) {
  const std::string prefix = "TENANT_";
  return WithProblems(ReadTenantValues(LookupIn(flags, prefix), ReadWholeFile), FindUnknown(flags, prefix).problems);
}

Result<std::unique_ptr<Database>> OpenDatabase(const Config& config) {
  return config.postgres_url.empty() ? Database::OpenSqlite(config.database_path)
                                     : Database::OpenPostgres(config.postgres_url);
}

Result<std::unique_ptr<Database>> OpenExistingDatabase(const Config& config) {
  std::error_code problem;
  if (config.postgres_url.empty() && !std::filesystem::exists(config.database_path, problem)) {
    return Error{.code = ErrorCode::kNotFound,
                 .message = "There is no database `" + config.database_path +
                            "`. Check DATABASE_URL; the server creates it when it starts for the first time."};
  }
  return OpenDatabase(config);
}

Task<Result<std::unique_ptr<Database>>> OpenTenantDatabase(Config config, std::string tenant) {
  auto database = OpenExistingDatabase(config);
  if (!database) co_return std::move(database).error();
  if (tenant != kDefaultTenant) {
    const auto found = co_await (*database)->FindTenant(tenant);
    if (!found) co_return found.error();
    if (!*found) co_return NoTenant(tenant);
  }
  co_return *std::move(database);
}

Task<Result<std::unique_ptr<Store>>> OpenTenantStore(Config config, std::string tenant) {
  const auto database = co_await OpenTenantDatabase(std::move(config), tenant);
  if (!database) co_return database.error();
  co_return (*database)->ForTenant(std::move(tenant));
}

Task<Result<OpenedTenant>> OpenTenant(const Flags& flags, std::string tenant) {
  Result<Config> config = LoadConfig(flags);
  if (!config) co_return std::move(config).error();
  auto database = OpenExistingDatabase(*config);
  if (!database) co_return std::move(database).error();
  if (tenant != kDefaultTenant) {
    const Result<std::optional<TenantRow>> row = co_await (*database)->FindTenant(tenant);
    if (!row) co_return row.error();
    if (!*row) co_return NoTenant(tenant);
    config = TenantConfigOf(*config, **row);
    if (!config) co_return std::move(config).error();
  }
  co_return OpenedTenant{*std::move(config), *std::move(database)};
}

Error NoTenant(const std::string& id) {
  return {.code = ErrorCode::kNotFound, .message = "There is no tenant `" + id + "`. See: plinto-polar tenant list."};
}

Error NoCustomer() {
  return {
      .code = ErrorCode::kNotFound,
      .message =
          "No customer has this id here: neither Polar's, nor a Plinto user's or organization's. One that was never "
          "seen is fetched when somebody asks."};
}

namespace {

Result<std::unique_ptr<TokenVerifier>> Remembering(std::unique_ptr<TokenVerifier> verifier) {
  return std::unique_ptr<TokenVerifier>(std::make_unique<RememberingVerifier>(std::move(verifier)));
}

}  // namespace

Result<std::unique_ptr<TokenVerifier>> MakeVerifier(const Config& config, HttpClient& http) {
  if (!config.jwks_url.empty()) {
    JwksConfig jwks;
    jwks.url = config.jwks_url;
    jwks.algorithms = config.jwt_algorithms;
    jwks.issuer = config.jwt_issuer;
    jwks.audience = config.jwt_audience;
    return Remembering(std::make_unique<JwksVerifier>(std::move(jwks), http));
  }
  auto verifier = JwtVerifier::Create(ToJwtConfig(config));
  if (!verifier) return std::move(verifier).error();
  return Remembering(*std::move(verifier));
}

JwtConfig ToJwtConfig(const Config& config) {
  return {.secret = config.jwt_secret,
          .public_key = config.jwt_public_key,
          .algorithms = config.jwt_algorithms,
          .issuer = config.jwt_issuer,
          .audience = config.jwt_audience};
}

}  // namespace plinto::polar::server
