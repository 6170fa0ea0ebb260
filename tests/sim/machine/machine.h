// What a process is handed of the machine that it runs on: a clock that may be wrong, chance, and a log.
#pragma once

#include "machine/process.h"
#include "server/base/operator_log.h"
#include "server/base/random.h"
#include "server/base/time/clock.h"

namespace plinto::polar::sim {

/// Ahead of Polar's clock, or behind it. The time of the simulation is Polar's.
class MachineClock final : public server::Clock {
 public:
  MachineClock(Process& process, const std::int64_t& ahead_ms) : process_(process), ahead_ms_(ahead_ms) {}
  [[nodiscard]] Timestamp Now() const override { return process_.schedule().Now().PlusMilliseconds(ahead_ms_); }
  /// As the real one does: the clock may be set while somebody sleeps.
  server::Task<void> SleepUntil(Timestamp at) override {
    constexpr std::int64_t kLongestNapMs = 30'000;
    while (Now() < at) {
      const std::int64_t left = at.Milliseconds() - Now().Milliseconds() + 1;
      const Timestamp until = process_.schedule().Now().PlusMilliseconds(left < kLongestNapMs ? left : kLongestNapMs);
      co_await process_.Until(until, "sleeps");
    }
  }

 private:
  Process& process_;
  const std::int64_t& ahead_ms_;
};

/// The database's own clock, by which servers share what is in it: right.
class DatabaseClock final : public server::Clock {
 public:
  explicit DatabaseClock(const Schedule& schedule) : schedule_(schedule) {}
  [[nodiscard]] Timestamp Now() const override { return schedule_.Now(); }
  server::Task<void> SleepUntil(Timestamp /*at*/) override { co_return; }

 private:
  const Schedule& schedule_;
};

class MachineRandom final : public server::Random {
 public:
  explicit MachineRandom(Dice& dice) : dice_(dice) {}
  std::string Entropy() override {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text(32, '0');
    for (char& digit : text) digit = kDigits[dice_.Below(16)];
    return text;
  }
  double Fraction() override { return static_cast<double>(dice_.Below(1'000'000)) / 1'000'000; }

 private:
  Dice& dice_;
};

/// Into the trace.
class MachineLog final : public server::OperatorLog {
 public:
  explicit MachineLog(Process& process) : process_(process) {}
  void GaveUp(server::Queue /*queue*/, const std::string& line) override { Write("gave up: " + line); }
  void Repaired(const std::string& line) override { Write(line); }
  void Warn(const std::string& line) override { Write("warns: " + line); }
  void Tell(const std::string& line) override { Write("tells: " + line); }
  void Began(server::Problem /*problem*/, const std::string& line) override { Write("began: " + line); }
  void Ended(server::Problem /*problem*/, const std::string& line) override { Write("ended: " + line); }

 private:
  void Write(const std::string& line) {
    if (process_.IsAlive()) process_.schedule().Note(process_.name() + " " + line);
  }
  Process& process_;
};

}  // namespace plinto::polar::sim
