#include "emulator/control/transcript.h"

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

std::string TranscriptLine(const Exchange& exchange) {
  const std::string& url = exchange.request.url;
  const std::size_t query = url.find('?');
  const std::string* content_type = exchange.answer.headers.Find("content-type");
  Json line = Json::object({{"method", exchange.request.method}, {"path", url.substr(0, query)}});
  if (query != std::string::npos) SetMember(line, "query", url.substr(query + 1));
  SetMember(line, "route", exchange.route.empty() ? Json(nullptr) : Json(exchange.route));
  SetMember(line, "status", exchange.answer.status);
  SetMember(line, "content_type", content_type == nullptr ? Json(nullptr) : Json(*content_type));
  if (!exchange.request.body.empty()) SetMember(line, "request_body", exchange.request.body);
  SetMember(line, "body", exchange.answer.body);
  return DumpJson(line) + "\n";
}

}  // namespace plinto::polar::emulator
