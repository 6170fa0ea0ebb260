// `plinto-polar usage show` and `usage verify`: what has become of one event, and whether Polar has counted them all.
#pragma once

#include <CLI/App.hpp>

#include "server/commands/commands.h"

namespace plinto::polar::server {

void AddUsageShow(CLI::App& usage, Run& run);
void AddUsageVerify(CLI::App& usage, Run& run);

}  // namespace plinto::polar::server
