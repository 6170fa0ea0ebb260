// Retry-After: a delay between none and a day, or nothing at all.
#include "core/foundation/http.h"
#include "core/foundation/text.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Text(data, size);
  const auto delay = ParseRetryAfterMs({{"Retry-After", std::string(text)}});
  if (delay) Must(*delay >= 0 && *delay <= 86'400'000, "a delay lies between none and a day");
  const auto number = ParseInteger(text);
  Must(!number || *number < 0 || delay.has_value(), "whole seconds are a delay");
  if (number) Must(ParseInteger(std::to_string(*number)) == number, "an integer prints and reads again to the same");
  return 0;
}
