// Lines of the log to standard error, without ever waiting for whoever reads it.
#pragma once

#include <cstdint>
#include <mutex>

#include <spdlog/sinks/base_sink.h>

namespace plinto::polar::server {

/// A full pipe stops every thread that writes to it. A line that would have to wait is dropped, and told of by a line
/// of its own once somebody reads again. Lines are cut at 4 KiB, which a pipe takes as a whole.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(int file) : file_(file) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  [[nodiscard]] bool Write(const char* text, std::size_t size) const;

  int file_;
  std::int64_t dropped_ = 0;
};

}  // namespace plinto::polar::server
