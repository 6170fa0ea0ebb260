#include "emulator/machine/clock.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/foundation/text.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMostUnits = 1'000'000'000;
constexpr std::int64_t kMostMonths = 1'200;
constexpr std::int64_t kLongestSeconds = 100LL * 366 * 86'400;

struct Unit {
  std::string_view name;
  std::int64_t seconds;
  std::int64_t months;
};
constexpr std::array kUnits = {Unit{"second", 1, 0},   Unit{"minute", 60, 0},       Unit{"hour", 3'600, 0},
                               Unit{"day", 86'400, 0}, Unit{"week", 7 * 86'400, 0}, Unit{"month", 0, 1},
                               Unit{"year", 0, 12}};

const Unit* FindUnit(std::string_view word) {
  if (word.size() > 1 && word.ends_with('s')) word.remove_suffix(1);
  const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& unit) { return unit.name == word; });
  return found == kUnits.end() ? nullptr : &*found;
}

}  // namespace

Timestamp Clock::EmulatedAt(Timestamp caller) const {
  const std::int64_t passed = std::max<std::int64_t>(0, caller.microseconds - caller_base_.microseconds);
  if (rate_ == 1) return {emulated_base_.microseconds + passed};
  return {emulated_base_.microseconds + std::llround(static_cast<double>(passed) * rate_)};
}

Timestamp Clock::Observe(Timestamp caller) {
  caller_now_ = std::max(caller_now_, caller);
  return Now();
}

std::optional<Timestamp> Clock::CallerAt(Timestamp emulated) const {
  const std::int64_t ahead = emulated.microseconds - emulated_base_.microseconds;
  if (rate_ == 1) return Timestamp{caller_base_.microseconds + ahead};
  if (emulated <= Now()) return caller_now_;
  if (rate_ == 0) return std::nullopt;
  return Timestamp{caller_base_.microseconds +
                   static_cast<std::int64_t>(std::ceil(static_cast<double>(ahead) / rate_))};
}

void Clock::SetRate(double rate) {
  MoveTo(Now());
  rate_ = rate;
}

void Clock::MoveTo(Timestamp emulated) {
  emulated_base_ = std::max(Now(), emulated);
  caller_base_ = caller_now_;
}

std::optional<Timestamp> AddSpan(Timestamp from, std::string_view words) {
  const Timestamp limit = from.PlusSeconds(kLongestSeconds);
  Timestamp at = from;
  bool any = false;
  const auto next_word = [&]() {
    while (!words.empty() && (words.front() == ' ' || words.front() == ',')) words.remove_prefix(1);
    const std::string_view word = words.substr(0, words.find_first_of(" ,"));
    words.remove_prefix(word.size());
    return word;
  };
  for (std::string_view word = next_word(); !word.empty(); word = next_word()) {
    const auto count = ParseInteger(word);
    const Unit* unit = FindUnit(ToLowerAscii(next_word()));
    if (!count || *count < 0 || unit == nullptr) return std::nullopt;
    any = true;
    if (*count > kMostUnits || *count * unit->months > kMostMonths || *count * unit->seconds > kLongestSeconds) {
      at = limit;
    } else if (unit->months != 0) {
      at = AddMonths(at, *count * unit->months, ToCivilDate(at).day);
    } else {
      at = at.PlusSeconds(*count * unit->seconds);
    }
    at = std::min(at, limit);
  }
  return any ? std::optional(at) : std::nullopt;
}

}  // namespace plinto::polar::emulator
