// The emulated clock: it runs with the caller's, faster or slower, or stands. It can be set forward, never back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

/// The most that the clock is moved at a time: five years.
inline constexpr std::int64_t kMostAdvanceSeconds = 5LL * 366 * 86'400;

class Clock {
 public:
  explicit Clock(Timestamp start) : caller_now_(start), caller_base_(start), emulated_base_(start) {}

  /// The emulated time when the caller's clock shows `caller`. The caller's time never runs backwards.
  [[nodiscard]] Timestamp Observe(Timestamp caller);
  [[nodiscard]] Timestamp caller_now() const { return caller_now_; }
  [[nodiscard]] Timestamp Now() const { return EmulatedAt(caller_now_); }
  /// When the caller's clock will show that the emulated one has come to `emulated`; nothing while it stands.
  [[nodiscard]] std::optional<Timestamp> CallerAt(Timestamp emulated) const;

  /// Emulated seconds per second of the caller's; 0 stands still.
  [[nodiscard]] double rate() const { return rate_; }
  void SetRate(double rate);
  /// To a later emulated time.
  void MoveTo(Timestamp emulated);

 private:
  [[nodiscard]] Timestamp EmulatedAt(Timestamp caller) const;

  Timestamp caller_now_;
  Timestamp caller_base_;
  Timestamp emulated_base_;
  double rate_ = 1;
};

/// `from` plus a span in words: `1 month`, `2 weeks 3 days`, `1 year, 6 months`, `90 minutes`. Months and years are the
/// calendar's: January 31 and `1 month` is February 28. More than 100 years count as 100. Nothing for other
/// words.
[[nodiscard]] std::optional<Timestamp> AddSpan(Timestamp from, std::string_view words);

}  // namespace plinto::polar::emulator
