#include "server/service/polar_clock.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "server/base/defects.h"
#include "server/base/time/http_date.h"

namespace plinto::polar::server {
namespace {

// Polar's date has whole seconds, and is as old as an answer is slow.
constexpr std::int64_t kOffMs = 60'000;
constexpr std::int64_t kRightMs = 30'000;
constexpr std::int64_t kAgreesMs = 2'000;

}  // namespace

Timestamp AskedAt(const HttpResponse& answer, Timestamp sent_at, Timestamp answered_at) {
  const std::string* header = answer.headers.Find("date");
  const auto date = header == nullptr ? std::nullopt : ParseHttpDate(*header, answered_at);
  if (!date || HasDefect("dated-by-our-clock")) return sent_at;
  const std::int64_t took = std::max<std::int64_t>(0, answered_at.Milliseconds() - sent_at.Milliseconds());
  return date->PlusMilliseconds(-took);
}

ClockWatch::~ClockWatch() {
  if (is_off_) log_.Ended(Problem::kClockOff, "");
}

void ClockWatch::Compare(Timestamp polars, Timestamp ours) {
  const std::int64_t ahead = ours.Milliseconds() - polars.Milliseconds();
  const std::int64_t off = std::abs(ahead);
  ahead_ms_ = ahead > kAgreesMs ? ahead : 0;
  compared_at_ = ours;
  if (!is_off_ && off > kOffMs) {
    is_off_ = true;
    log_.Began(Problem::kClockOff,
               "This server's clock is " + std::to_string(off / 1'000) + " s " + (ahead > 0 ? "ahead of " : "behind ") +
                   whose_ +
                   "'s. From 300 s on deliveries are refused for their time (403). Set the clock right (NTP); what was "
                   "missed is caught up with then.");
  } else if (is_off_ && off < kRightMs) {
    is_off_ = false;
    log_.Ended(Problem::kClockOff, "This server's clock agrees with " + whose_ + "'s again.");
  }
}

std::int64_t ClockWatch::AheadMs(Timestamp now) const { return now < compared_at_ ? 0 : ahead_ms_; }

}  // namespace plinto::polar::server
