#include "core/foundation/http.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "core/foundation/text.h"

namespace plinto::polar {

std::optional<TransportFault> TransportFaultFromText(std::string_view text) {
  const auto* at = std::find(std::begin(kTransportFaultTexts), std::end(kTransportFaultTexts), text);
  if (at == std::end(kTransportFaultTexts)) return std::nullopt;
  return static_cast<TransportFault>(at - kTransportFaultTexts);
}

const std::string* HttpHeaders::Find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (EqualsIgnoringCase(field, name)) return &value;
  }
  return nullptr;
}

std::optional<std::int64_t> ParseRetryAfterMs(const HttpHeaders& headers) {
  constexpr std::int64_t kDaySeconds = 86'400;
  const std::string* text = headers.Find("retry-after");
  if (text == nullptr) return std::nullopt;
  const auto seconds = ParseInteger(TrimAscii(*text));
  if (!seconds || *seconds < 0) return std::nullopt;
  return std::min(*seconds, kDaySeconds) * 1'000;
}

}  // namespace plinto::polar
