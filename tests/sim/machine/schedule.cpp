#include "machine/schedule.h"

#include <algorithm>
#include <cstdio>

namespace plinto::polar::sim {
namespace {

constexpr std::size_t kLines = 40;

}  // namespace

Schedule::Key Schedule::At(Timestamp at, std::string what, std::function<void()> run) {
  const Key key{std::max(at, now_).microseconds, dice_.Next(), ++next_};
  events_.emplace(key, Event{std::move(what), std::move(run)});
  return key;
}

bool Schedule::Step() {
  const auto first = events_.begin();
  if (first == events_.end()) return false;
  now_ = Timestamp{std::get<0>(first->first)};
  const Event event = std::move(first->second);
  events_.erase(first);
  ++steps_;
  Write(event.what);
  event.run();
  return true;
}

void Schedule::Note(const std::string& line) { Write("  " + line); }

void Schedule::Write(const std::string& line) {
  const std::int64_t passed = now_.microseconds - start_.microseconds;
  const std::string time = std::to_string(passed / 1'000);
  for (const char one : time + " " + line) {
    digest_ = (digest_ ^ static_cast<unsigned char>(one)) * 1'099'511'628'211ULL;
  }
  lines_.push_back(std::to_string(steps_) + "  +" + std::to_string(passed / 1'000'000) + "." +
                   std::to_string(1'000 + passed / 1'000 % 1'000).substr(1) + " s  " + line);
  if (is_shown_) std::printf("%s\n", lines_.back().c_str());
  if (lines_.size() > kLines) lines_.pop_front();
}

std::string Schedule::Trace() const {
  std::string trace;
  for (const std::string& line : lines_) trace += "    " + line + "\n";
  return trace;
}

}  // namespace plinto::polar::sim
