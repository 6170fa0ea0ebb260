#include "core/model/usage_event.h"

namespace plinto::polar {

std::string JoinUsageEvents(std::span<const std::string_view> events) {
  std::size_t bytes = kUsageEnvelopeBytes + events.size();
  for (const std::string_view event : events) bytes += event.size();
  std::string body;
  body.reserve(bytes);
  body += R"({"events":[)";
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) body += ',';
    body += events[i];
  }
  body += "]}";
  return body;
}

}  // namespace plinto::polar
