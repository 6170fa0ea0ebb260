// `plinto-polar notifications list|replay`: what the application was not told, with the reason, and its way there.
#include <cstdlib>

#include "server/base/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"

namespace plinto::polar::server {
namespace {

Task<int> List(const ParkedOptions& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto database = co_await OpenTenantDatabase(*std::move(config), options.tenant);
  if (!database) co_return Complain(database.error());
  const auto store = (*database)->NotificationsOf(options.tenant);
  const auto parked = co_await store->ListParked(options.limit, options.after);
  if (!parked) co_return Complain(parked.error());
  for (const ParkedNotification& one : *parked) {
    PrintFields({std::to_string(one.row), FormatTimestamp(one.created_at), FormatTimestamp(one.parked_at), one.type,
                 one.polar_customer_id, one.id, one.error});
  }
  if (!parked->empty()) TellOfMore(options, parked->size(), parked->back().row);
  co_return EXIT_SUCCESS;
}

Task<int> Replay(const ParkedOptions& options) {
  const auto rows = RowsOf(options);
  if (!rows) co_return Complain(rows.error());
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto database = co_await OpenTenantDatabase(*std::move(config), options.tenant);
  if (!database) co_return Complain(database.error());
  const auto store = (*database)->NotificationsOf(options.tenant);
  const auto replayed = co_await store->Replay(rows->one, rows->since, SystemClock().Now());
  if (!replayed) co_return Complain(replayed.error());
  co_return TellReplayed(options, *replayed);
}

}  // namespace

void AddNotifications(CLI::App& program, Run& run) {
  AddParkedCommands(program, run,
                    {.name = "notifications",
                     .description = "Notifications that were given up",
                     .list_description =
                         "Print id, time, when it was given up, type, Polar's customer, webhook-id and reason of each",
                     .list = List,
                     .replay_description = "Deliver them to the application again",
                     .id_description = "The notification to deliver again.",
                     .replay = Replay});
}

}  // namespace plinto::polar::server
