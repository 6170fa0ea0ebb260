// What the commands that serve share: logging, the wait for SIGINT or SIGTERM, the end of the event loop.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>

#include "server/base/task.h"

namespace plinto::polar::server {

/// Logs go to standard error, one line each; standard output is for what a person or a script waits for.
void SetUpLogging();

/// Prints one line to standard output at once.
void PrintLine(const std::string& line);

/// Returns when the process is asked to stop. A second request ends it on the spot.
[[nodiscard]] Task<void> WaitForStopSignal();

/// Runs `body` to its end, then lets what it left on the loop finish, for at most `grace`. False when something did
/// not.
[[nodiscard]] bool RunToEnd(boost::asio::io_context& loop, Task<void> body, std::chrono::seconds grace);

}  // namespace plinto::polar::server
