// The program's subcommands: each adds itself to the command line and says what to run when it was chosen.
#pragma once

#include <functional>

#include <CLI/App.hpp>

namespace plinto::polar::server {

/// Runs the chosen command; returns the process's exit code.
using Run = std::function<int()>;

/// Exit codes beyond 0 and 1.
inline constexpr int kExitConfiguration = 2;

void AddServe(CLI::App& program, Run& run);
void AddEmulate(CLI::App& program, Run& run);
void AddTenant(CLI::App& program, Run& run);
void AddReplay(CLI::App& program, Run& run);
void AddUsage(CLI::App& program, Run& run);
void AddNotifications(CLI::App& program, Run& run);
void AddReconcile(CLI::App& program, Run& run);
void AddWhy(CLI::App& program, Run& run);
void AddBackup(CLI::App& program, Run& run);
void AddKey(CLI::App& program, Run& run);
void AddGrant(CLI::App& program, Run& run);
void AddImport(CLI::App& program, Run& run);
void AddSchema(CLI::App& program, Run& run);

}  // namespace plinto::polar::server
