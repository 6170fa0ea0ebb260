#include "core/foundation/timestamp.h"

#include <algorithm>

namespace plinto::polar {
namespace {

constexpr std::int64_t kDay = 86'400;

// 0001-01-01T00:00:00Z.
constexpr Timestamp kFirst = {-62'135'596'800'000'000};

// Days since 1970-01-01; civil calendar arithmetic over 400-year eras that begin in March.
std::int64_t DaysFromCivil(CivilDate date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t shifted_month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

bool IsLeapYear(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Exactly `count` digits.
  std::optional<int> Digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsDigit(rest_[i])) return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool Take(char expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The fraction's microseconds; 1 to 9 digits, those past the sixth are dropped.
  std::optional<int> Fraction() {
    std::size_t count = 0;
    int micros = 0;
    for (; count < rest_.size() && IsDigit(rest_[count]); ++count) {
      if (count < 6) micros = micros * 10 + (rest_[count] - '0');
    }
    if (count == 0 || count > 9) return std::nullopt;
    for (std::size_t i = count; i < 6; ++i) micros *= 10;
    rest_.remove_prefix(count);
    return micros;
  }

  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

 private:
  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  std::string_view rest_;
};

void AppendPadded(std::string& out, std::int64_t value, int width) {
  const std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  out += digits;
}

}  // namespace

int DaysInMonth(std::int64_t year, int month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

CivilDate ToCivilDate(Timestamp at) {
  const std::int64_t seconds = at.Seconds();
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - kDay + 1) / kDay + 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

Timestamp AddMonths(Timestamp at, std::int64_t months, int anchor_day) {
  const CivilDate from = ToCivilDate(at);
  const std::int64_t month_index = from.year * 12 + (from.month - 1) + months;
  CivilDate to;
  to.year = (month_index >= 0 ? month_index : month_index - 11) / 12;
  to.month = static_cast<int>(month_index - to.year * 12) + 1;
  to.day = std::min(anchor_day, DaysInMonth(to.year, to.month));
  const std::int64_t days = DaysFromCivil(to) - DaysFromCivil(from);
  return at.PlusSeconds(days * kDay);
}

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  Reader reader(text);
  const auto year = reader.Digits(4);
  if (!year || *year == 0 || !reader.Take('-')) return std::nullopt;
  const auto month = reader.Digits(2);
  if (!month || *month < 1 || *month > 12 || !reader.Take('-')) return std::nullopt;
  const auto day = reader.Digits(2);
  if (!day || *day < 1 || *day > DaysInMonth(*year, *month)) return std::nullopt;
  if (!reader.Take('T') && !reader.Take('t') && !reader.Take(' ')) return std::nullopt;
  const auto hour = reader.Digits(2);
  if (!hour || *hour > 23 || !reader.Take(':')) return std::nullopt;
  const auto minute = reader.Digits(2);
  if (!minute || *minute > 59 || !reader.Take(':')) return std::nullopt;
  const auto second = reader.Digits(2);
  if (!second || *second > 59) return std::nullopt;
  int micros = 0;
  if (reader.Take('.')) {
    const auto fraction = reader.Fraction();
    if (!fraction) return std::nullopt;
    micros = *fraction;
  }
  std::int64_t offset = 0;
  if (!reader.Take('Z') && !reader.Take('z')) {
    const bool behind = reader.Take('-');
    if (!behind && !reader.Take('+')) return std::nullopt;
    const auto offset_hours = reader.Digits(2);
    if (!offset_hours || *offset_hours > 23 || !reader.Take(':')) return std::nullopt;
    const auto offset_minutes = reader.Digits(2);
    if (!offset_minutes || *offset_minutes > 59) return std::nullopt;
    const std::int64_t minutes = *offset_hours * 60 + *offset_minutes;
    offset = (behind ? -60 : 60) * minutes;
  }
  if (!reader.AtEnd()) return std::nullopt;
  const std::int64_t days = DaysFromCivil({*year, *month, *day});
  const std::int64_t of_day = *hour * 3'600 + *minute * 60 + *second;
  const std::int64_t seconds = days * kDay + of_day - offset;
  const Timestamp at = {seconds * 1'000'000 + micros};
  // An offset can lead out of the years that can be written.
  if (at < kFirst || at > kLastTimestamp) return std::nullopt;
  return at;
}

std::string FormatTimestamp(Timestamp at) {
  const CivilDate date = ToCivilDate(at);
  const std::int64_t second_of_day = at.Seconds() - DaysFromCivil(date) * kDay;
  const std::int64_t micros = at.microseconds - at.Seconds() * 1'000'000;
  std::string text;
  text.reserve(27);
  AppendPadded(text, date.year, 4);
  text += '-';
  AppendPadded(text, date.month, 2);
  text += '-';
  AppendPadded(text, date.day, 2);
  text += 'T';
  AppendPadded(text, second_of_day / 3'600, 2);
  text += ':';
  AppendPadded(text, second_of_day / 60 % 60, 2);
  text += ':';
  AppendPadded(text, second_of_day % 60, 2);
  if (micros != 0) {
    text += '.';
    AppendPadded(text, micros, 6);
  }
  text += 'Z';
  return text;
}

}  // namespace plinto::polar
