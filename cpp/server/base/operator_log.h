// What the operator is told: lines of the log, and counts. Real: commands/server_log.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "server/base/priority.h"

namespace plinto::polar::server {

/// What is worked off later, and may be given up with a reason.
enum class Queue : std::uint8_t { kInbox, kOutbox, kNotifications };

/// What is wrong until somebody has mended it.
enum class Problem : std::uint8_t {
  kEndpointMissing,
  kEndpointDisabled,
  kEndpointEvents,
  kEndpointUrl,
  kEndpointFormat,
  kWebhooksScope,
  kPolarAway,
  kConektaAway,
  kApplicationPaused,
  kJobFailing,
  kLoopDead,
  kClockOff,
};
inline constexpr std::array kProblems = {
    Problem::kEndpointMissing, Problem::kEndpointDisabled, Problem::kEndpointEvents, Problem::kEndpointUrl,
    Problem::kEndpointFormat,  Problem::kWebhooksScope,    Problem::kPolarAway,      Problem::kApplicationPaused,
    Problem::kJobFailing,      Problem::kLoopDead,         Problem::kClockOff,       Problem::kConektaAway};

class OperatorLog {
 public:
  virtual ~OperatorLog() = default;
  /// Something waits for people from now on: a line, and a count. `line` names it, the reason and the way back. It
  /// holds no secret; words of others in it may hold anything, and are made harmless by whoever writes them.
  virtual void GaveUp(Queue /*queue*/, const std::string& /*line*/) {}
  /// Polar refuses a usage event for what is in it, for the first time. It is tried still: a line, and a count.
  virtual void UsageRefused(const std::string& /*line*/) {}
  /// The mirror differed from Polar, and does no more: a line, and a count.
  virtual void Repaired(const std::string& /*line*/) {}
  /// Something that somebody may have to see to. The same holds for the line.
  virtual void Warn(const std::string& /*line*/) {}
  /// What goes well and is worth a line.
  virtual void Tell(const std::string& /*line*/) {}
  /// Something is wrong from now on, until it is said to have ended: a line, and a gauge.
  virtual void Began(Problem /*problem*/, const std::string& /*line*/) {}
  /// Without a line: it is not looked at any more.
  virtual void Ended(Problem /*problem*/, const std::string& /*line*/) {}
  /// A request to Polar was not sent, since others come first: a count.
  virtual void Refused(Priority /*priority*/) {}
  /// So many calls more wait for Polar, or less: a gauge.
  virtual void Waits(int /*change*/) {}
};

/// Tells nobody.
[[nodiscard]] inline OperatorLog& NoLog() {
  static OperatorLog log;
  return log;
}

}  // namespace plinto::polar::server
