// What the commands on parked rows share (`replay`, `usage`, `notifications`): whose, which, and a line for each.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include <CLI/App.hpp>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "server/commands/commands.h"
#include "server/commands/settings.h"

namespace plinto::polar::server {

struct ParkedOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  int limit = 100;
  std::int64_t after = 0;
  bool refused = false;
  std::optional<std::string> id = {};
  bool all = false;
  std::string since = {};

  /// Is something to be taken up again, or is it only to be listed?
  [[nodiscard]] bool Replays() const { return id || all || !since.empty(); }
};

void AddTenantOption(CLI::App& command, ParkedOptions& options);
/// `--limit` and `--after`.
void AddListOptions(CLI::App& command, ParkedOptions& options);
inline constexpr const char* kSinceGivenUp = "All that were given up at this time or later.";
/// An id, `--all` or `--since`. `id` and `since` say what they mean.
void AddReplayOptions(CLI::App& command, ParkedOptions& options, const std::string& id,
                      const char* since = kSinceGivenUp);

/// `--since`: a time in RFC 3339, or a day. Errors: VALIDATION_FAILED.
[[nodiscard]] Result<std::optional<Timestamp>> SinceOf(const ParkedOptions& options);
struct ParkedRows {
  std::optional<std::int64_t> one = {};
  std::optional<Timestamp> since = {};
};
/// Which rows to take up again, where the id is the number of a row.
/// Errors: VALIDATION_FAILED; CONFIGURATION_INVALID when none are named.
[[nodiscard]] Result<ParkedRows> RowsOf(const ParkedOptions& options);

struct ParkedCommands {
  const char* name;
  const char* description;
  const char* list_description;
  Task<int> (*list)(const ParkedOptions& options);
  const char* replay_description;
  const char* id_description;
  Task<int> (*replay)(const ParkedOptions& options);
  const char* since_description = kSinceGivenUp;
  const char* refused_description = nullptr;  ///< of `list --refused`, where there is such a list
};
/// `NAME list` and `NAME replay`. Returns `NAME`.
CLI::App& AddParkedCommands(CLI::App& program, Run& run, const ParkedCommands& commands);

/// One line of tab-separated fields, whatever is in them.
void PrintFields(std::initializer_list<std::string> fields);
/// Says on standard error how to go on when there may be more.
void TellOfMore(const ParkedOptions& options, std::size_t listed, std::int64_t last_row);
/// Says how many were taken up again. Returns the exit code: 1 when an id met nothing, which `nothing` says.
[[nodiscard]] int TellReplayed(const ParkedOptions& options, std::int64_t replayed,
                               const char* nothing = "Nothing that was given up has this id.");

}  // namespace plinto::polar::server
