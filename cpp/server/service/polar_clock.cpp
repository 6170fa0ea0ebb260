#include "server/service/polar_clock.h"

#include <algorithm>

#include "server/base/http_date.h"

namespace plinto::polar::server {

Timestamp AskedAt(const HttpResponse& answer, Timestamp sent_at, Timestamp answered_at) {
  const std::string* header = answer.headers.Find("date");
  const auto date = header == nullptr ? std::nullopt : ParseHttpDate(*header, answered_at);
  if (!date) return sent_at;
  const std::int64_t took = std::max<std::int64_t>(0, answered_at.Milliseconds() - sent_at.Milliseconds());
  return date->PlusMilliseconds(-took);
}

}  // namespace plinto::polar::server
