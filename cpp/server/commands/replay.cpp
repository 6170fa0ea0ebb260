// `plinto-polar replay`: deliveries that were given up, with the reason, and their second chance.
#include <cstdlib>
#include <memory>

#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"

namespace plinto::polar::server {
namespace {

Task<int> List(Store& store, const ParkedOptions& options) {
  const auto parked = co_await store.ListParkedWebhooks(options.limit, options.after);
  if (!parked) co_return Complain(parked.error());
  for (const ParkedWebhook& one : *parked) {
    PrintFields(
        {one.event_id, FormatTimestamp(one.created_at), std::string(ToText(one.source)), one.event_type, one.error});
  }
  if (!parked->empty()) TellOfMore(options, parked->size(), parked->back().row);
  co_return EXIT_SUCCESS;
}

Task<int> Replay(const ParkedOptions& options) {
  const auto since = SinceOf(options);
  if (!since) co_return Complain(since.error());
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto opened = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!opened) co_return Complain(opened.error());
  if (!options.Replays()) co_return co_await List(**opened, options);
  const auto replayed = co_await (*opened)->ReplayWebhooks(options.id, SystemClock().Now(), *since);
  if (!replayed) co_return Complain(replayed.error());
  co_return TellReplayed(options, *replayed);
}

}  // namespace

void AddReplay(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand(
      "replay", "List the deliveries that were given up (id, time, source, type, reason), or take them up again");
  auto options = std::make_shared<ParkedOptions>();
  AddTenantOption(*command, *options);
  AddListOptions(*command, *options);
  AddReplayOptions(*command, *options, "The delivery to take up again.");
  command->callback([options, &run] { run = [options] { return RunToCompletion(Replay(*options)); }; });
}

}  // namespace plinto::polar::server
