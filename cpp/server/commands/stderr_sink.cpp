#include "server/commands/stderr_sink.h"

#include <poll.h>
#include <unistd.h>

#include <climits>
#include <string>

namespace plinto::polar::server {

// For a pipe, POSIX has poll() say that it takes a page when it does.
bool StderrSink::Write(const char* text, std::size_t size) const {
  pollfd file{.fd = file_, .events = POLLOUT, .revents = 0};
  if (poll(&file, 1, 0) != 1 || (file.revents & POLLOUT) == 0) return false;
  return write(file_, text, size) == static_cast<ssize_t>(size);
}

void StderrSink::sink_it_(const spdlog::details::log_msg& message) {
  if (dropped_ > 0) {
    const std::string told =
        std::to_string(dropped_) + " lines of the log are missing here: nobody read standard error.\n";
    if (Write(told.data(), told.size())) dropped_ = 0;
  }
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (line.size() > PIPE_BUF) {
    line.resize(PIPE_BUF);
    line[PIPE_BUF - 1] = '\n';
  }
  if (dropped_ > 0 || !Write(line.data(), line.size())) ++dropped_;
}

}  // namespace plinto::polar::server
