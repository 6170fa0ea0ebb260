#include "server/commands/parked.h"

#include <cstdlib>
#include <iostream>
#include <memory>

#include "core/foundation/text.h"
#include "server/commands/process.h"

namespace plinto::polar::server {
namespace {

constexpr int kMostListed = 1'000;

}  // namespace

void AddTenantOption(CLI::App& command, ParkedOptions& options) {
  AddStorageFlags(command, options.flags);
  command.add_option("--tenant", options.tenant, "Whose.")->type_name("ID")->capture_default_str();
}

void AddListOptions(CLI::App& command, ParkedOptions& options) {
  command.add_option("--limit", options.limit, "How many are listed at most, up to 1000.")
      ->type_name("NUMBER")
      ->check(CheckDecimal)
      ->check(CLI::Range(1, kMostListed))
      ->capture_default_str();
  command.add_option("--after", options.after, "Go on behind this one; the page before names it.")
      ->type_name("NUMBER")
      ->check(CheckDecimal);
}

void AddReplayOptions(CLI::App& command, ParkedOptions& options, const std::string& id, const char* since) {
  CLI::Option* const one = command.add_option("id", options.id, id)->type_name("ID");
  CLI::Option* const all = command.add_flag("--all", options.all, "All that were given up.")
                               ->excludes(one)
                               ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command.add_option("--since", options.since, since)->type_name("TIME")->excludes(one)->excludes(all);
}

Result<std::optional<Timestamp>> SinceOf(const ParkedOptions& options) {
  if (options.since.empty()) return std::optional<Timestamp>();
  const auto at = ParseTimestamp(options.since.size() == 10 ? options.since + "T00:00:00Z" : options.since);
  if (at) return at;
  return ValidationError("since", "--since takes a day, such as 2026-11-22, or a time, such as 2026-11-22T06:00:00Z.");
}

Result<ParkedRows> RowsOf(const ParkedOptions& options) {
  const auto since = SinceOf(options);
  if (!since) return since.error();
  if (!options.Replays()) {
    return Error{.code = ErrorCode::kConfigurationInvalid, .message = "Say which: an id, --all or --since."};
  }
  if (!options.id) return ParkedRows{.since = *since};
  const auto row = ParseInteger(*options.id);
  if (row && *row > 0) return ParkedRows{.one = row};
  return ValidationError("id", "The id is a number, the first field of each line of `list`.");
}

CLI::App& AddParkedCommands(CLI::App& program, Run& run, const ParkedCommands& commands) {
  CLI::App* const command = program.add_subcommand(commands.name, commands.description);
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, Task<int> (*task)(const ParkedOptions&)) {
    CLI::App* const one = command->add_subcommand(name, description);
    auto options = std::make_shared<ParkedOptions>();
    AddTenantOption(*one, *options);
    one->callback([options, task, &run] { run = [options, task] { return RunToCompletion(task(*options)); }; });
    return std::make_pair(one, options);
  };
  const auto [listing, listed] = add("list", commands.list_description, commands.list);
  AddListOptions(*listing, *listed);
  if (commands.refused_description != nullptr) {
    listing->add_flag("--refused", listed->refused, commands.refused_description)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
  const auto [replaying, replayed] = add("replay", commands.replay_description, commands.replay);
  AddReplayOptions(*replaying, *replayed, commands.id_description, commands.since_description);
  return *command;
}

void PrintFields(std::initializer_list<std::string> fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty()) line += '\t';
    for (const char c : field) line += (static_cast<unsigned char>(c) < ' ' || c == 0x7F) ? ' ' : c;
  }
  PrintLine(line);
}

void TellOfMore(const ParkedOptions& options, std::size_t listed, std::int64_t last_row) {
  if (listed < static_cast<std::size_t>(options.limit)) return;
  std::cerr << "There may be more: --after " << last_row << "\n";
}

int TellReplayed(const ParkedOptions& options, std::int64_t replayed, const char* nothing) {
  if (replayed == 0 && options.id) {
    return Complain({.code = ErrorCode::kNotFound, .message = nothing});
  }
  std::cerr << replayed << " taken up again; a running server sees to it within a minute.\n";
  return EXIT_SUCCESS;
}

}  // namespace plinto::polar::server
