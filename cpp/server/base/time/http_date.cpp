#include "server/base/time/http_date.h"

#include <algorithm>
#include <string>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

// Two digits of a month; empty for another word.
std::string MonthOf(std::string_view word) {
  const std::size_t at = word.size() == 3 ? kMonths.find(word) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return {};
  const std::size_t month = at / 3 + 1;
  return (month < 10 ? "0" : "") + std::to_string(month);
}

std::string YearOf(std::string_view word, Timestamp now) {
  const auto year = word.size() == 2 ? ParseInteger(word) : std::nullopt;
  if (!year) return std::string(word);
  const std::int64_t this_year = ToCivilDate(now).year;
  std::int64_t full = this_year - this_year % 100 + 100 + *year;
  while (full > this_year + 50) full -= 100;
  return std::to_string(full);
}

}  // namespace

std::optional<Timestamp> ParseHttpDate(std::string_view text, Timestamp now) {
  std::string_view words[6];
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" ,-");
    const std::string_view word = text.substr(0, end);
    if (!word.empty()) {
      if (count == 6) return std::nullopt;
      words[count++] = word;
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const bool is_asctime = count == 5;
  if (!is_asctime && (count != 6 || words[5] != "GMT")) return std::nullopt;
  std::string day(words[is_asctime ? 2 : 1]);
  if (day.size() == 1) day.insert(0, "0");
  return ParseTimestamp(YearOf(words[is_asctime ? 4 : 3], now) + "-" + MonthOf(words[is_asctime ? 1 : 2]) + "-" + day +
                        "T" + std::string(words[is_asctime ? 3 : 4]) + "Z");
}

void CountRetryAfter(HttpResponse& answer, Timestamp now) {
  const std::string* text = answer.headers.Find("retry-after");
  if (text == nullptr) return;
  const std::string* date = answer.headers.Find("date");
  const Timestamp from = (date == nullptr ? std::nullopt : ParseHttpDate(TrimAscii(*date), now)).value_or(now);
  const auto until = ParseHttpDate(TrimAscii(*text), from);
  if (!until) return;
  const std::string seconds = std::to_string(std::max<std::int64_t>(0, until->Seconds() - from.Seconds()));
  HttpHeaders counted;
  for (const auto& [name, value] : answer.headers) {
    counted.Add(name, EqualsIgnoringCase(name, "retry-after") ? seconds : value);
  }
  answer.headers = std::move(counted);
}

}  // namespace plinto::polar::server
