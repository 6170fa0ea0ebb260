#include "server/commands/process.h"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/commands/commands.h"
#include "server/commands/stderr_sink.h"

namespace plinto::polar::server {

void SetUpLogging() {
  constexpr const char* kName = "plinto-polar";
  // People at a terminal read, and like colors.
  spdlog::set_default_logger(isatty(STDERR_FILENO) != 0 ? spdlog::stderr_color_mt(kName)
                                                        : std::make_shared<spdlog::logger>(
                                                              kName, std::make_shared<StderrSink>(STDERR_FILENO)));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
}

void PrintLine(const std::string& line) { std::cout << line << std::endl; }

Task<void> StopSignal::Wait() {
  co_await signals_.async_wait(boost::asio::use_awaitable);
  spdlog::info("stopping; press Ctrl-C again to end at once");
  // From here on the default action applies: the process ends.
  signals_.clear();
}

std::string CheckDecimal(const std::string& text) {
  const bool is_decimal = text.find_first_not_of("0123456789") == std::string::npos && !text.empty();
  return is_decimal && (text.size() == 1 || text.front() != '0') ? "" : "`" + text + "` is not a number in decimal.";
}

int Complain(const Error& error) {
  std::cerr << "plinto-polar: " << error.message << (error.details.empty() ? "" : " " + error.details) << '\n';
  const bool is_input = error.code == ErrorCode::kConfigurationInvalid || error.code == ErrorCode::kValidationFailed;
  return is_input ? kExitConfiguration : EXIT_FAILURE;
}

int RunToCompletion(Task<int> task) {
  boost::asio::io_context loop;
  int code = EXIT_FAILURE;
  std::exception_ptr thrown;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr problem, int result) {
    thrown = problem;
    code = result;
  });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return code;
}

bool RunToEnd(boost::asio::io_context& loop, Task<void> body, std::chrono::seconds grace) {
  std::exception_ptr thrown;
  boost::asio::co_spawn(loop, std::move(body), [&](std::exception_ptr exception) {
    thrown = exception;
    loop.stop();
  });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  loop.restart();
  loop.run_for(grace);
  return loop.stopped();
}

}  // namespace plinto::polar::server
