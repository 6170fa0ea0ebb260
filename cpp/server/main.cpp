// plinto-polar: the command line.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "server/commands/commands.h"

int main(int argc, char** argv) {
  using plinto::polar::server::Run;

  // A client that is gone shows as an error of the write, not as the end of the process.
  std::signal(SIGPIPE, SIG_IGN);

  CLI::App program("Plinto Polar: billing for applications whose users sign in with Plinto.", "plinto-polar");
  program.set_version_flag("--version", std::string("plinto-polar ") + PLINTO_POLAR_VERSION);
  program.require_subcommand(1);
  Run run;
  plinto::polar::server::AddServe(program, run);
  plinto::polar::server::AddEmulate(program, run);
  plinto::polar::server::AddTenant(program, run);
  plinto::polar::server::AddReplay(program, run);
  plinto::polar::server::AddUsage(program, run);
  plinto::polar::server::AddNotifications(program, run);
  plinto::polar::server::AddReconcile(program, run);
  plinto::polar::server::AddWhy(program, run);
  plinto::polar::server::AddBackup(program, run);
  plinto::polar::server::AddKey(program, run);
  plinto::polar::server::AddGrant(program, run);
  plinto::polar::server::AddImport(program, run);
  plinto::polar::server::AddSchema(program, run);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const int code = program.exit(problem);
    return code == 0 ? EXIT_SUCCESS : plinto::polar::server::kExitConfiguration;
  }
  try {
    return run();
  } catch (const std::exception& problem) {
    std::cerr << "plinto-polar: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}
