// A clock that is set by hand: that of an SQLite which servers share.
#pragma once

#include "people.h"
#include "server/base/time/clock.h"

namespace plinto::polar::server::testing {

class HandClock final : public Clock {
 public:
  Timestamp Now() const override { return now; }
  Task<void> SleepUntil(Timestamp at) override {
    now = at;
    co_return;
  }
  Timestamp now = kNow;
};

}  // namespace plinto::polar::server::testing
