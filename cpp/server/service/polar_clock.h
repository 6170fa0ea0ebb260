// The rule of two clocks: facts about Polar's objects are put in order by Polar's clock alone; ours only bounds it.
//
// A delivery bears Polar's time in its envelope. What is fetched is dated by the `Date` header of Polar's answer, less
// the time that the answer took: as old as the question, in Polar's time, however ours goes. A time that lies further
// ahead of our clock than deliveries are taken (300 s) is no proof of anything: then Polar is asked.
#pragma once

#include <string>
#include <utility>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"
#include "server/base/operator_log.h"

namespace plinto::polar::server {

/// The tolerance of Standard Webhooks.
inline constexpr std::int64_t kMostAheadSeconds = 300;

[[nodiscard]] inline bool IsInDoubt(Timestamp told, Timestamp now) { return told > now.PlusSeconds(kMostAheadSeconds); }

/// When Polar was asked, by its own clock; by ours where the answer bears no date. The last two are our clock's.
[[nodiscard]] Timestamp AskedAt(const HttpResponse& answer, Timestamp sent_at, Timestamp answered_at);

/// Says when our clock differs from Polar's by more than a minute, and when it does no more. Where deliveries are
/// refused for their time is far: that takes five.
class ClockWatch {
 public:
  /// `log` outlives this. `whose`: the clock that ours is compared with.
  explicit ClockWatch(OperatorLog& log, std::string whose = "Polar") : log_(log), whose_(std::move(whose)) {}
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

  /// When Polar was asked: by its clock, and by ours.
  void Compare(Timestamp polars, Timestamp ours);

  /// How far ahead of Polar's our clock is at the most, by the last answer; 0 where they agree within the second that
  /// Polar's date is rounded to, and once our clock has been set back since.
  [[nodiscard]] std::int64_t AheadMs(Timestamp now) const;

 private:
  OperatorLog& log_;
  std::string whose_;
  bool is_off_ = false;
  std::int64_t ahead_ms_ = 0;
  Timestamp compared_at_ = {};  ///< by our clock
};

}  // namespace plinto::polar::server
