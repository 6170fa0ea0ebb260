// What the commands that serve share: logging, the wait for SIGINT or SIGTERM, the end of the event loop.
#pragma once

#include <chrono>
#include <csignal>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "core/foundation/error.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

/// Logs go to standard error, one line each; standard output is for what a person or a script waits for.
void SetUpLogging();

/// Prints one line to standard output at once.
void PrintLine(const std::string& line);

/// Catches SIGINT and SIGTERM from when it is made, so make it before saying that the program is there.
class StopSignal {
 public:
  explicit StopSignal(boost::asio::io_context& loop) : signals_(loop, SIGINT, SIGTERM) {}

  /// Returns when the process is, or has been, asked to stop. A second request ends it on the spot.
  [[nodiscard]] Task<void> Wait();

 private:
  boost::asio::signal_set signals_;
};

/// What is wrong with an option that is to be a number; empty when nothing is. CLI11 by itself takes 010 for 8.
[[nodiscard]] std::string CheckDecimal(const std::string& text);

/// Says on standard error why a command could not do what it was told. Returns the process's exit code.
[[nodiscard]] int Complain(const Error& error);

/// Runs a command's task on an event loop of its own; returns its exit code.
[[nodiscard]] int RunToCompletion(Task<int> task);

/// Runs `body` to its end, then lets what it left on the loop finish, for at most `grace`. False when something did
/// not.
[[nodiscard]] bool RunToEnd(boost::asio::io_context& loop, Task<void> body, std::chrono::seconds grace);

}  // namespace plinto::polar::server
