// `plinto-polar key add|list|remove`: the service keys with which back ends act for any subject of a tenant.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include "core/billing/access/access_policy.h"
#include "core/foundation/text.h"
#include "server/base/secrets/service_key.h"
#include "server/base/system_random.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"

namespace plinto::polar::server {
namespace {

struct KeyOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string scopes;
  std::string name;
  std::string id;
};

Task<Result<std::unique_ptr<Store>>> OpenStore(const KeyOptions& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return std::move(config).error();
  co_return co_await OpenTenantStore(*std::move(config), options.tenant);
}

/// A name is printed by `list`, one line for each key: U+0000 to U+001F and U+007F to U+009F would break that.
Status CheckName(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const auto next = static_cast<unsigned char>(i + 1 < name.size() ? name[i + 1] : 'x');
    const bool is_late_control = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    if (byte < 0x20 || byte == 0x7f || is_late_control) {
      return ValidationError("name", "The name has a control character in it, such as a line break or a tab.");
    }
  }
  return Done{};
}

Task<int> Add(const KeyOptions& options) {
  if (const auto scopes = ParseScopes(options.scopes); !scopes) co_return Complain(scopes.error());
  if (const Status named = CheckName(options.name); !named) co_return Complain(named.error());
  const auto store = co_await OpenStore(options);
  if (!store) co_return Complain(store.error());
  SystemRandom random;
  const std::string key = NewServiceKey(random);
  ServiceKeyRow row{.id = UuidFromEntropy(random.Entropy()),
                    .hash = HashServiceKey(key),
                    .name = options.name,
                    .scopes = options.scopes,
                    .created_at = SystemClock().Now()};
  const std::string id = row.id;
  const Status added = co_await (*store)->AddServiceKey(std::move(row));
  if (!added) co_return Complain(added.error());
  PrintLine(key);
  std::cerr << "This is the only time that the key is shown. Its id is " << id << ".\n";
  co_return EXIT_SUCCESS;
}

Task<int> List(const KeyOptions& options) {
  const auto store = co_await OpenStore(options);
  if (!store) co_return Complain(store.error());
  const auto keys = co_await (*store)->ListServiceKeys();
  if (!keys) co_return Complain(keys.error());
  for (const ServiceKeyRow& key : *keys) {
    PrintLine(key.id + "\t" + FormatTimestamp(key.created_at) + "\t" + key.scopes + "\t" + key.name);
  }
  co_return EXIT_SUCCESS;
}

Task<int> Remove(const KeyOptions& options) {
  const auto store = co_await OpenStore(options);
  if (!store) co_return Complain(store.error());
  const auto removed = co_await (*store)->RemoveServiceKey(ToLowerAscii(options.id));
  if (!removed) co_return Complain(removed.error());
  if (!*removed) co_return Complain({.code = ErrorCode::kNotFound, .message = "There is no service key with this id."});
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddKey(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand("key", "Service keys of back ends");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, Task<int> (*task)(const KeyOptions&)) {
    CLI::App* const one = command->add_subcommand(name, description);
    auto options = std::make_shared<KeyOptions>();
    AddStorageFlags(*one, options->flags);
    one->add_option("--tenant", options->tenant, "Whose keys.")->type_name("ID")->capture_default_str();
    one->callback([options, task, &run] { run = [options, task] { return RunToCompletion(task(*options)); }; });
    return std::make_pair(one, options);
  };
  const auto [adding, added] = add("add", "Make a key and print it, once", Add);
  adding->add_option("--scope", added->scopes, "What it may do, by comma, such as usage:write,access:read.")
      ->type_name("SCOPES")
      ->required();
  adding->add_option("--name", added->name, "Who has it; for `list`.")->type_name("TEXT");
  add("list", "Print id, time, scopes and name of each key", List);
  const auto [removing, removed] = add("remove", "Remove a key; it ends within ten seconds", Remove);
  removing->add_option("id", removed->id, "The key's id, as `list` prints it.")->type_name("ID")->required();
}

}  // namespace plinto::polar::server
