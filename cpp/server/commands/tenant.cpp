// `plinto-polar tenant add|list|rotate|remove`: the Polar accounts that a server serves beside its own.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "core/foundation/text.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/tenants/service_settings.h"
#include "server/tenants/tenant_settings.h"

namespace plinto::polar::server {
namespace {

struct TenantOptions {
  Flags storage;
  Flags settings;
  std::string id;
  bool forget_old_secret = false;
  bool forget_old_app_secret = false;
  bool now = false;
};

/// What every one of these commands works with.
struct Opened {
  Config config;
  std::unique_ptr<Database> database;
};

Result<Opened> Open(const TenantOptions& options) {
  Result<Config> config = LoadStorageConfig(options.storage);
  if (!config) return std::move(config).error();
  auto database = OpenExistingDatabase(*config);
  if (!database) return std::move(database).error();
  return Opened{*std::move(config), *std::move(database)};
}

Error NoKey() {
  return {.code = ErrorCode::kConfigurationInvalid,
          .message =
              "Tenants' secrets are stored sealed only. Set PLINTO_POLAR_KEY, here and for the server, to the same 32 "
              "bytes in base64. Make them: openssl rand -base64 32"};
}

/// Is the key the one that everything else was sealed with? A server has one.
Task<Status> CheckKey(const Opened& opened) {
  const auto rows = co_await opened.database->ListTenants();
  if (!rows) co_return rows.error();
  for (const TenantRow& row : *rows) {
    const Result<TenantValues> values = OpenTenant(opened.config.secret_box, row);
    if (!values) co_return values.error();
  }
  EntitlementSettings server;
  server.box = opened.config.secret_box;
  const std::unique_ptr<Store> store = opened.database->ForTenant(kDefaultTenant);
  co_return co_await CheckSigningSecret(*store, std::move(server));
}

/// A comma too many would rotate to nothing without a word.
Status CheckGiven(const TenantValues& given) {
  const auto found = given.find("POLAR_WEBHOOK_SECRET");
  if (found == given.end()) return Done{};
  std::string_view secrets = found->second;
  for (;;) {
    const std::size_t comma = secrets.find(',');
    if (TrimAscii(secrets.substr(0, comma)).empty()) {
      return Error{.code = ErrorCode::kConfigurationInvalid,
                   .message = "A webhook secret is empty: POLAR_WEBHOOK_SECRET has a comma too many."};
    }
    if (comma == std::string_view::npos) return Done{};
    secrets.remove_prefix(comma + 1);
  }
}

/// Refused now rather than by the server: what it would not start with.
Status CheckValues(const TenantValues& values) {
  const Result<Config> config = ReadTenantConfig(Config(), values);
  if (!config) return config.error();
  const Result<Settings> settings = ToSettings(*config);
  return settings ? Status(Done{}) : Status(settings.error());
}

Task<int> Add(const TenantOptions& options) {
  if (Status valid = CheckTenantId(options.id); !valid) co_return Complain(valid.error());
  const Result<TenantValues> values = LoadTenantValues(options.settings);
  if (!values) co_return Complain(values.error());
  if (Status checked = CheckGiven(*values); !checked) co_return Complain(checked.error());
  if (Status checked = CheckValues(*values); !checked) co_return Complain(checked.error());
  const Result<Opened> opened = Open(options);
  if (!opened) co_return Complain(opened.error());
  if (!opened->config.secret_box) co_return Complain(NoKey());
  if (Status checked = co_await CheckKey(*opened); !checked) co_return Complain(checked.error());
  TenantRow row{options.id, SealTenant(*opened->config.secret_box, options.id, *values), SystemClock().Now()};
  const Result<bool> added = co_await opened->database->AddTenant(std::move(row));
  if (!added) co_return Complain(added.error());
  if (!*added) {
    co_return Complain({.code = ErrorCode::kConflict,
                        .message = "There is a tenant `" + options.id +
                                   "` already, be it one that is ending. Change it: plinto-polar tenant rotate " +
                                   options.id});
  }
  std::cerr << "Served within seconds under /t/" << options.id << "/polar. Polar's webhook endpoint is /t/"
            << options.id << "/polar/webhooks.\n";
  co_return EXIT_SUCCESS;
}

Task<int> List(const TenantOptions& options) {
  const Result<Opened> opened = Open(options);
  if (!opened) co_return Complain(opened.error());
  const auto rows = co_await opened->database->ListTenants();
  if (!rows) co_return Complain(rows.error());
  for (const TenantRow& row : *rows) {
    const Result<TenantValues> values = OpenTenant(opened->config.secret_box, row);
    const Result<Config> config = values ? ReadTenantConfig(Config(), *values) : Result<Config>(values.error());
    PrintLine(row.id + "\t" + FormatTimestamp(row.created_at) + "\t" + (config ? config->polar_api_url : "sealed") +
              (row.ending_since ? "\tending since " + FormatTimestamp(*row.ending_since) : ""));
  }
  co_return EXIT_SUCCESS;
}

/// What was given takes the place of what was stored; a new webhook secret comes before the one that was new so far.
TenantValues Merge(TenantValues values, TenantValues given, const TenantOptions& options) {
  for (const auto& [name, forgets] : {std::pair("POLAR_WEBHOOK_SECRET", options.forget_old_secret),
                                      std::pair("APP_WEBHOOK_SECRET", options.forget_old_app_secret)}) {
    const auto held = values.find(name);
    const auto added = given.find(name);
    std::string secrets = RotateSecrets(held == values.end() ? std::string_view() : held->second,
                                        added == given.end() ? std::string_view() : added->second);
    if (forgets) secrets = secrets.substr(0, secrets.find(','));
    if (!secrets.empty()) given.insert_or_assign(name, std::move(secrets));
  }
  for (auto& [name, value] : given) values.insert_or_assign(name, std::move(value));
  return values;
}

Task<int> Rotate(const TenantOptions& options) {
  Result<TenantValues> given = LoadTenantValues(options.settings);
  if (!given) co_return Complain(given.error());
  if (given->empty() && !options.forget_old_secret && !options.forget_old_app_secret) {
    co_return Complain({.code = ErrorCode::kConfigurationInvalid,
                        .message = "Nothing to change was given: --polar-access-token, --polar-webhook-secret or "
                                   "another setting, --forget-old-secret or --forget-old-app-secret."});
  }
  if (const Status checked = CheckGiven(*given); !checked) co_return Complain(checked.error());
  const Result<Opened> opened = Open(options);
  if (!opened) co_return Complain(opened.error());
  if (!opened->config.secret_box) co_return Complain(NoKey());
  const auto row = co_await opened->database->FindTenant(options.id);
  if (!row) co_return Complain(row.error());
  if (!*row) co_return Complain(NoTenant(options.id));
  Result<TenantValues> held = OpenTenant(opened->config.secret_box, **row);
  if (!held) co_return Complain(held.error());
  const TenantValues values = Merge(*std::move(held), *std::move(given), options);
  if (Status checked = CheckValues(values); !checked) co_return Complain(checked.error());
  std::string sealed = SealTenant(*opened->config.secret_box, options.id, values);
  const Result<bool> changed =
      co_await opened->database->ChangeTenant(options.id, std::move(sealed), SystemClock().Now());
  if (!changed) co_return Complain(changed.error());
  co_return *changed ? EXIT_SUCCESS : Complain(NoTenant(options.id));
}

Task<int> Remove(const TenantOptions& options) {
  const Result<Opened> opened = Open(options);
  if (!opened) co_return Complain(opened.error());
  Task<Result<bool>> removing = options.now ? opened->database->RemoveTenant(options.id)
                                            : opened->database->EndTenant(options.id, SystemClock().Now());
  const Result<bool> removed = co_await std::move(removing);
  if (!removed) co_return Complain(removed.error());
  if (!*removed) co_return Complain(NoTenant(options.id));
  std::cerr << (options.now ? "Removed. What waited for Polar or for the application stays stored, and is sent once a "
                              "tenant with this id is added.\n"
                            : "Served no more within seconds. It goes once the server has told its application that "
                              "access has ended, and has\nreported its usage; until then `plinto-polar tenant list` "
                              "has it as ending.\n");
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddTenant(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand("tenant", "Further Polar accounts, served under /t/ID/polar");
  command->require_subcommand(1);
  enum class Takes : std::uint8_t { kNothing, kId, kSettings };
  const auto add = [&](const char* name, const char* description, Takes takes,
                       Task<int> (*task)(const TenantOptions&)) {
    CLI::App* const one = command->add_subcommand(name, description);
    auto options = std::make_shared<TenantOptions>();
    AddStorageFlags(*one, options->storage);
    if (takes != Takes::kNothing) {
      one->add_option("id", options->id, "The tenant's id: lower-case letters, digits, hyphens.")
          ->type_name("ID")
          ->required();
    }
    if (takes == Takes::kSettings) {
      AddTenantFlags(*one, options->settings);
      one->footer(
          "Each of the tenant's settings may be given as TENANT_ and the variable's name in the environment,\n"
          "such as TENANT_POLAR_ACCESS_TOKEN: flags are seen by other users of the machine.");
    }
    one->callback([options, task, &run] { run = [options, task] { return RunToCompletion(task(*options)); }; });
    return std::make_pair(one, options);
  };
  add("add", "Add a tenant with the Polar account that is given", Takes::kSettings, Add);
  add("list", "Print id, time and Polar's address of each tenant", Takes::kNothing, List);
  const auto [rotating, rotated] =
      add("rotate", "Change a tenant's settings; its last webhook secrets stay good beside new ones", Takes::kSettings,
          Rotate);
  rotating->add_flag("--forget-old-secret", rotated->forget_old_secret, "End the rotation of Polar's webhook secret.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  rotating
      ->add_flag("--forget-old-app-secret", rotated->forget_old_app_secret,
                 "End the rotation of the application's webhook secret.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  const auto [removing, removed] =
      add("remove", "Stop serving a tenant, tell its application, and remove it and its keys; what was billed stays",
          Takes::kId, Remove);
  removing->add_flag("--now", removed->now, "Remove it at once: nobody is told, and usage that waits is not reported.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
}

}  // namespace plinto::polar::server
