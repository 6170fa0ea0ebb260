// URLs: an origin names one host and nothing else; queries and escapes survive a round trip.
#include "core/foundation/url.h"

#include "core/foundation/text.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

namespace {

void CheckUrl(std::string_view text) {
  const auto url = ParseUrl(text);
  if (!url) return;
  const std::string origin = url->Origin();
  Must(origin.find_first_of("@\\?# \t\r\n%") == std::string::npos, "an origin holds a scheme, a host and a port only");
  Must(origin.find('/') == origin.find("://") + 1 && origin.rfind('/') == origin.find('/') + 1,
       "an origin has no path");
  Must(origin == ToLowerAscii(origin), "origins compare as text");
  Must(url->target.starts_with('/'), "a target begins with a slash");
  const auto alone = ParseUrl(origin);
  Must(alone.has_value() && alone->Origin() == origin, "the origin of an origin is itself");
  const std::string whole = origin + url->target;
  if (whole.size() > text.size()) return;
  const auto again = ParseUrl(whole);
  Must(again && again->Origin() == origin && again->target == url->target, "what is read prints and reads the same");
}

void CheckTarget(std::string_view text) {
  const auto target = ParseRequestTarget(text);
  if (!target) return;
  std::string printed = PercentEncode(target->path);
  for (const auto& [name, value] : target->query) AppendQuery(printed, name, value);
  const auto again = ParseRequestTarget(printed);
  Must(again && again->path == target->path, "a path survives a round trip");
  Must(again->query == target->query, "a query survives a round trip");
  for (const auto& [name, value] : target->query) Must(target->Find(name) != nullptr, "what is there is found");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Text(data, size);
  CheckUrl(text);
  CheckTarget(text);
  const std::string encoded = PercentEncode(text);
  Must(PercentDecode(encoded, false) == std::string(text), "escapes survive a round trip");
  Must(PercentDecode(encoded, true) == std::string(text), "escapes survive a round trip in a query");
  return 0;
}
