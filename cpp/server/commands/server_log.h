// What the operator is told, for real: a line of the log, and a count for Prometheus.
#pragma once

#include "server/base/operator_log.h"
#include "server/metrics/metrics.h"

namespace plinto::polar::server {

class ServerLog final : public OperatorLog {
 public:
  /// `metrics` outlives this.
  explicit ServerLog(Metrics& metrics) : metrics_(metrics) {}
  void GaveUp(Queue queue, const std::string& line) override;
  void UsageRefused(const std::string& line) override;
  void Repaired(const std::string& line) override;
  void Warn(const std::string& line) override;
  void Tell(const std::string& line) override;
  void Began(Problem problem, const std::string& line) override;
  void Ended(Problem problem, const std::string& line) override;
  void Refused(Priority priority) override;
  void Waits(int change) override;

 private:
  Metrics& metrics_;
};

/// The line without line breaks and other control characters, and without e-mail addresses: what others have said may
/// hold both.
[[nodiscard]] std::string Harmless(std::string_view line);

}  // namespace plinto::polar::server
