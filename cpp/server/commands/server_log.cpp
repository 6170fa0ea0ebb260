#include "server/commands/server_log.h"

#include <spdlog/spdlog.h>

namespace plinto::polar::server {

void ServerLog::GaveUp(Queue queue, const std::string& line) {
  metrics_.CountGivenUp(queue);
  Warn(line);
}

void ServerLog::UsageRefused(const std::string& line) {
  metrics_.CountUsageRefused();
  Warn(line);
}

void ServerLog::Repaired(const std::string& line) {
  metrics_.CountRepair();
  Warn(line);
}

void ServerLog::Warn(const std::string& line) { spdlog::warn("{}", Harmless(line)); }

void ServerLog::Tell(const std::string& line) { spdlog::info("{}", Harmless(line)); }

void ServerLog::Began(Problem problem, const std::string& line) {
  metrics_.CountProblem(problem, 1);
  Warn(line);
}

// As loud as its beginning: who reads warnings only would wait for it otherwise.
void ServerLog::Ended(Problem problem, const std::string& line) {
  metrics_.CountProblem(problem, -1);
  if (!line.empty()) Warn(line);
}

void ServerLog::Refused(Priority priority) { metrics_.CountRefused(priority); }

void ServerLog::Waits(int change) { metrics_.CountWaiting(change); }

std::string Harmless(std::string_view line) {
  std::string harmless;
  while (!line.empty()) {
    const std::string_view word = line.substr(0, line.find(' '));
    if (word.find('@') != std::string_view::npos) {
      harmless += "[address]";
    } else {
      for (const char c : word) harmless += (static_cast<unsigned char>(c) < ' ' || c == 0x7F) ? ' ' : c;
    }
    line.remove_prefix(word.size());
    if (!line.empty()) {
      harmless += ' ';
      line.remove_prefix(1);
    }
  }
  return harmless;
}

}  // namespace plinto::polar::server
