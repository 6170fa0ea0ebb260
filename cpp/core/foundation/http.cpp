#include "core/foundation/http.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "core/foundation/http_date.h"
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

std::optional<std::int64_t> ParseRetryAfterMs(const HttpHeaders& headers, Timestamp now) {
  constexpr std::int64_t kDaySeconds = 86'400;
  const std::string* text = headers.Find("retry-after");
  if (text == nullptr) return std::nullopt;
  auto seconds = ParseInteger(TrimAscii(*text));
  if (!seconds) {
    const std::string* date = headers.Find("date");
    const auto sent = date == nullptr ? std::nullopt : ParseHttpDate(TrimAscii(*date), now);
    if (!sent && now == Timestamp{}) return std::nullopt;
    const Timestamp from = sent.value_or(now);
    const auto until = ParseHttpDate(TrimAscii(*text), from);
    if (!until) return std::nullopt;
    seconds = std::max<std::int64_t>(0, until->Seconds() - from.Seconds());
  }
  if (*seconds < 0) return std::nullopt;
  return std::min(*seconds, kDaySeconds) * 1'000;
}

}  // namespace plinto::polar
