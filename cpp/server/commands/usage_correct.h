// `plinto-polar usage correct`: changes a usage event that Polar refuses, and has it sent again under its own id.
#pragma once

#include <CLI/App.hpp>

#include "server/commands/commands.h"

namespace plinto::polar::server {

void AddUsageCorrect(CLI::App& usage, Run& run);

}  // namespace plinto::polar::server
