// `plinto-polar notifications list|log|replay`: what the application was not told, with the reason, each try to tell it
// something, and telling it again.
#include <cstdlib>
#include <memory>

#include "core/foundation/text.h"

#include "server/base/time/system_clock.h"
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
  co_return TellReplayed(options, *replayed, "Nothing that was delivered or given up has this id.");
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

Task<int> Log(const ParkedOptions& options) {
  const std::optional<std::int64_t> row = options.id ? ParseInteger(*options.id) : std::nullopt;
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto database = co_await OpenTenantDatabase(*std::move(config), options.tenant);
  if (!database) co_return Complain(database.error());
  const auto store = (*database)->NotificationsOf(options.tenant);
  const auto attempts = co_await store->ListAttempts(row, options.limit, options.after);
  if (!attempts) co_return Complain(attempts.error());
  for (const LoggedAttempt& one : *attempts) {
    const std::string status = one.attempt.status ? std::to_string(*one.attempt.status) : "";
    PrintFields({FormatTimestamp(one.attempt.at), std::to_string(one.notification), OrDash(one.type),
                 OrDash(one.polar_customer_id), OrDash(one.id), one.outcome, OrDash(status),
                 std::to_string(one.attempt.took_ms) + " ms", OrDash(one.attempt.fault)});
  }
  if (!attempts->empty()) TellOfMore(options, attempts->size(), attempts->back().row);
  co_return EXIT_SUCCESS;
}

void AddLog(CLI::App& notifications, Run& run) {
  CLI::App* const command = notifications.add_subcommand(
      "log",
      "Print time, id, type, Polar's customer, webhook-id, outcome, status, duration and fault of each try, the newest "
      "first");
  auto options = std::make_shared<ParkedOptions>();
  AddTenantOption(*command, *options);
  AddListOptions(*command, *options);
  command->add_option("--id", options->id, "Of this notification only.")->type_name("ID")->check(CheckDecimal);
  command->callback([options, &run] { run = [options] { return RunToCompletion(Log(*options)); }; });
}

}  // namespace

void AddNotifications(CLI::App& program, Run& run) {
  CLI::App& notifications = AddParkedCommands(
      program, run,
      {.name = "notifications",
       .description = "What the application is told",
       .list_description =
           "Print id, time, when it was given up, type, Polar's customer, webhook-id and reason of each given up",
       .list = List,
       .replay_description = "Deliver to the application again what was given up or delivered, with what came after it "
                             "for the same customer",
       .id_description = "The notification to deliver again.",
       .replay = Replay,
       .since_description = "All that were delivered or given up at this time or later."});
  AddLog(notifications, run);
}

}  // namespace plinto::polar::server
