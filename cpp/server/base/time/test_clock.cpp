#include "server/base/time/test_clock.h"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <memory>

#include "core/foundation/text.h"

namespace plinto::polar::server {

Timestamp TestClock::Now(Timestamp machine) const {
  if (auto reading = Read()) last_ = reading;
  if (!last_) return machine;
  return Timestamp{last_->said.microseconds + (machine.microseconds - last_->at.microseconds)};
}

std::optional<TestClock::Reading> TestClock::Read() const {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path_.c_str(), "re"), close);
  // What is said and when are of one file, though another takes its place meanwhile.
  struct stat facts = {};
  if (file == nullptr || ::fstat(::fileno(file.get()), &facts) != 0) return std::nullopt;
  std::array<char, 64> text;
  const std::size_t length = std::fread(text.data(), 1, text.size(), file.get());
  const std::optional<Timestamp> said = ParseTimestamp(TrimAscii({text.data(), length}));
  if (!said) return std::nullopt;
  return Reading{*said, Timestamp{facts.st_mtim.tv_sec * 1'000'000 + facts.st_mtim.tv_nsec / 1'000}};
}

}  // namespace plinto::polar::server
