// Times: what is read prints and reads again to the same, and the calendar holds for every time that can be read.
#include "core/foundation/timestamp.h"

#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto at = ParseTimestamp(fuzz::Text(data, size));
  if (!at) return 0;
  const std::string printed = FormatTimestamp(*at);
  const auto again = ParseTimestamp(printed);
  Must(again.has_value() && *again == *at, "what is read prints and reads again to the same");
  Must(FormatTimestamp(*again) == printed, "printing is stable");
  const CivilDate date = ToCivilDate(*at);
  Must(date.year >= 1 && date.year <= 9'999 && date.month >= 1 && date.month <= 12, "a date lies in the calendar");
  Must(date.day >= 1 && date.day <= DaysInMonth(date.year, date.month), "a day lies in its month");
  for (int months = 1; months <= 24; ++months) {
    const Timestamp later = AddMonths(*at, months, date.day);
    Must(later > *at, "months later is later");
    Must(ToCivilDate(later).day <= date.day, "a renewal never comes after its anchor day");
  }
  return 0;
}
