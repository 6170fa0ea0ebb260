// The time of a test, as a file has it.
#include <filesystem>
#include <fstream>

#include "catch.h"
#include "event_loop.h"
#include "server/base/time/system_clock.h"

namespace plinto::polar::server {
namespace {

/// A file whose content is replaced as a whole.
class ClockFile {
 public:
  ClockFile() : path_(std::filesystem::temp_directory_path() / ("clock-" + std::to_string(::getpid()))) {}
  ~ClockFile() { std::filesystem::remove(path_); }
  ClockFile(const ClockFile&) = delete;
  ClockFile& operator=(const ClockFile&) = delete;

  void Say(const std::string& text) {
    std::filesystem::path next = path_;
    next += ".next";
    std::ofstream(next) << text;
    std::filesystem::rename(next, path_);
  }
  [[nodiscard]] TestClock Clock() const { return TestClock(path_.string()); }

 private:
  std::filesystem::path path_;
};

constexpr std::int64_t kHour = std::int64_t{3'600} * 1'000'000;

}  // namespace

TEST_CASE("a test's clock goes on from what the file says, as fast as the machine's") {
  ClockFile file;
  const Timestamp machine = SystemClock().Now();
  const TestClock clock = file.Clock();
  CHECK(clock.Now(machine) == machine);

  file.Say("2026-01-15T12:00:00Z\n");
  const std::int64_t said = ParseTimestamp("2026-01-15T12:00:00Z")->microseconds;
  const std::int64_t first = clock.Now(machine).microseconds;
  CHECK(std::abs(first - said) < kHour);
  CHECK(clock.Now(machine.PlusSeconds(3'600)).microseconds - first == kHour);

  file.Say("2027-06-01T00:00:00.250Z");
  const std::int64_t moved = ParseTimestamp("2027-06-01T00:00:00.250Z")->microseconds;
  CHECK(std::abs(clock.Now(machine).microseconds - moved) < kHour);
  file.Say("no time");
  CHECK(std::abs(clock.Now(machine).microseconds - moved) < kHour);
}

TEST_CASE("whoever sleeps by a test's clock wakes when that is moved") {
  ClockFile file;
  file.Say("2026-01-15T12:00:00Z");
  boost::asio::io_context loop;
  SystemClock clock(file.Clock());
  const Timestamp tomorrow = *ParseTimestamp("2026-01-16T12:00:00Z");

  testing::RunOn(loop, [&]() -> Task<void> {
    boost::asio::steady_timer soon(loop, std::chrono::milliseconds(30));
    soon.async_wait([&](const boost::system::error_code&) { file.Say("2026-01-17T00:00:00Z"); });
    co_await clock.SleepUntil(tomorrow);
    CHECK(tomorrow.microseconds <= clock.Now().microseconds);
  }());
}

}  // namespace plinto::polar::server
