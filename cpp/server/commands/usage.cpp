// `plinto-polar usage list|replay|correct`: usage events that Polar refuses, with the reason, and their way back to it.
// `usage show` and `usage verify` are in files of their own.
#include <cstdlib>
#include <utility>

#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/usage_correct.h"
#include "server/commands/usage_reports.h"

namespace plinto::polar::server {
namespace {

Task<int> List(const ParkedOptions& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  auto list = options.refused ? (*store)->ListRefusedUsage(options.limit, options.after)
                              : (*store)->ListParkedUsage(options.limit, options.after);
  const auto parked = co_await std::move(list);
  if (!parked) co_return Complain(parked.error());
  for (const ParkedUsage& one : *parked) {
    const std::string subject = (one.subject.kind == Subject::Kind::kUser ? "user " : "organization ") + one.subject.id;
    PrintFields({std::to_string(one.row), FormatTimestamp(one.created_at), FormatTimestamp(one.parked_at), subject,
                 one.external_id, one.event_name, one.quantity.text(), one.error});
  }
  if (!parked->empty()) TellOfMore(options, parked->size(), parked->back().row);
  co_return EXIT_SUCCESS;
}

Task<int> Replay(const ParkedOptions& options) {
  const auto rows = RowsOf(options);
  if (!rows) co_return Complain(rows.error());
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  const auto replayed = co_await (*store)->ReplayUsage(rows->one, rows->since, SystemClock().Now());
  if (!replayed) co_return Complain(replayed.error());
  co_return TellReplayed(options, *replayed);
}

}  // namespace

void AddUsage(CLI::App& program, Run& run) {
  CLI::App& usage = AddParkedCommands(
      program, run,
      {.name = "usage",
       .description = "Usage events that Polar refuses",
       .list_description = "Print id, time, when it was given up, subject, event id, name, quantity and reason of each",
       .list = List,
       .replay_description = "Send them to Polar again",
       .id_description = "The event to send again.",
       .replay = Replay,
       .refused_description =
           "Those that Polar has refused and that are tried still; in place of when it was given up, "
           "when it is tried next."});
  AddUsageCorrect(usage, run);
  AddUsageShow(usage, run);
  AddUsageVerify(usage, run);
}

}  // namespace plinto::polar::server
