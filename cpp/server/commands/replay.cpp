// `plinto-polar replay`: deliveries that were given up, with the reason, and their second chance.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "server/base/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"

namespace plinto::polar::server {
namespace {

constexpr int kMostListed = 1'000;

struct ReplayOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string event_id;
  bool all = false;
};

Task<int> List(Store& store) {
  const auto parked = co_await store.ListParkedWebhooks(kMostListed);
  if (!parked) co_return Complain(parked.error());
  for (const ParkedWebhook& one : *parked) {
    PrintLine(one.event_id + "\t" + FormatTimestamp(one.created_at) + "\t" +
              (one.source == WebhookSource::kPolar ? "polar" : "plinto") + "\t" + one.event_type + "\t" + one.error);
  }
  co_return EXIT_SUCCESS;
}

Task<int> Replay(const ReplayOptions& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto opened = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!opened) co_return Complain(opened.error());
  const std::unique_ptr<Store>& store = *opened;
  if (options.event_id.empty() && !options.all) co_return co_await List(*store);
  std::optional<std::string> event_id;
  if (!options.all) event_id = options.event_id;
  const auto replayed = co_await store->ReplayWebhooks(std::move(event_id), SystemClock().Now());
  if (!replayed) co_return Complain(replayed.error());
  if (*replayed == 0 && !options.all) {
    co_return Complain({.code = ErrorCode::kNotFound, .message = "No parked delivery has this id."});
  }
  std::cerr << *replayed << " taken up again; a running server sees to it within half a minute.\n";
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddReplay(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand(
      "replay", "List the deliveries that were given up (id, time, source, type, reason), or take them up again");
  auto options = std::make_shared<ReplayOptions>();
  AddStorageFlags(*command, options->flags);
  command->add_option("--tenant", options->tenant, "Whose deliveries.")->type_name("ID")->capture_default_str();
  CLI::Option* const id =
      command->add_option("id", options->event_id, "The delivery to take up again.")->type_name("ID");
  command->add_flag("--all", options->all, "Take up all of them.")
      ->excludes(id)
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->callback([options, &run] { run = [options] { return RunToCompletion(Replay(*options)); }; });
}

}  // namespace plinto::polar::server
