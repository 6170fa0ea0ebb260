// `plinto-polar usage list|replay`: usage events that were given up, with the reason, and their way back to Polar.
#include <cstdlib>
#include <memory>

#include "server/base/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"

namespace plinto::polar::server {
namespace {

Task<int> List(const ParkedOptions& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  const auto parked = co_await (*store)->ListParkedUsage(options.limit, options.after);
  if (!parked) co_return Complain(parked.error());
  for (const ParkedUsage& one : *parked) {
    const std::string subject = (one.subject.kind == Subject::Kind::kUser ? "user " : "organization ") + one.subject.id;
    PrintFields({std::to_string(one.row), FormatTimestamp(one.created_at), FormatTimestamp(one.parked_at), subject,
                 one.external_id, one.event_name, std::to_string(one.quantity), one.error});
  }
  if (!parked->empty()) TellOfMore(options, parked->size(), parked->back().row);
  co_return EXIT_SUCCESS;
}

Task<int> Replay(const ParkedOptions& options) {
  const auto since = SinceOf(options);
  if (!since) co_return Complain(since.error());
  const auto row = RowOf(options);
  if (!row) co_return Complain(row.error());
  if (!options.Replays()) {
    co_return Complain({.code = ErrorCode::kConfigurationInvalid, .message = "Say which: an id, --all or --since."});
  }
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  const auto replayed = co_await (*store)->ReplayUsage(*row, *since, SystemClock().Now());
  if (!replayed) co_return Complain(replayed.error());
  co_return TellReplayed(options, *replayed);
}

}  // namespace

void AddUsage(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand("usage", "Usage events that were given up");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, Task<int> (*task)(const ParkedOptions&)) {
    CLI::App* const one = command->add_subcommand(name, description);
    auto options = std::make_shared<ParkedOptions>();
    AddTenantOption(*one, *options);
    one->callback([options, task, &run] { run = [options, task] { return RunToCompletion(task(*options)); }; });
    return std::make_pair(one, options);
  };
  const auto [listing, listed] =
      add("list", "Print id, time, when it was given up, subject, event id, name, quantity and reason of each", List);
  AddListOptions(*listing, *listed);
  const auto [replaying, replayed] = add("replay", "Send them to Polar again", Replay);
  AddReplayOptions(*replaying, *replayed, "The event to send again.");
}

}  // namespace plinto::polar::server
