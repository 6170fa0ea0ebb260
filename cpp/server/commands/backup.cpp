// `plinto-polar backup FILE`: a consistent copy of the SQLite database, while the server runs.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "server/commands/commands.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/store/backup.h"

namespace plinto::polar::server {
namespace {

struct BackupOptions {
  Flags flags;
  std::string target;
};

int Backup(const BackupOptions& options) {
  const Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) return Complain(config.error());
  if (!config->postgres_url.empty()) {
    return Complain({.code = ErrorCode::kConfigurationInvalid,
                     .message = "DATABASE_URL names a PostgreSQL, which has a tool of its own: pg_dump --format=custom "
                                "--file=FILE \"$DATABASE_URL\"; pg_restore brings it back."});
  }
  if (const Status copied = BackupSqlite(config->database_path, options.target); !copied) {
    return Complain(copied.error());
  }
  std::cerr << "Copied to " << options.target << ".\n";
  return EXIT_SUCCESS;
}

}  // namespace

void AddBackup(CLI::App& program, Run& run) {
  CLI::App* const command =
      program.add_subcommand("backup", "Copy the SQLite database to a new file, while the server runs");
  auto options = std::make_shared<BackupOptions>();
  AddStorageFlags(*command, options->flags);
  command->add_option("file", options->target, "The copy; must not be there yet.")->type_name("FILE")->required();
  command->callback([options, &run] { run = [options] { return Backup(*options); }; });
}

}  // namespace plinto::polar::server
