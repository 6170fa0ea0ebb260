#include "server/http/cors.h"

#include <spdlog/spdlog.h>

#include "core/foundation/url.h"

namespace plinto::polar::server {

bool Cors::IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.headers.Find("origin") != nullptr &&
         request.headers.Find("access-control-request-method") != nullptr;
}

HttpResponse Cors::AnswerPreflight(const HttpRequest& request) const {
  HttpResponse response{.status = 204};
  const std::string& origin = *request.headers.Find("origin");
  if (allowed_.contains(origin)) {
    response.headers.Add("Access-Control-Allow-Methods", "GET, POST, DELETE");
    response.headers.Add("Access-Control-Allow-Headers",
                         "Authorization, Content-Encoding, Content-Type, Idempotency-Key");
    response.headers.Add("Access-Control-Max-Age", "600");
  } else {
    // The browser says no more than "CORS error": the remedy has to be in the log.
    const auto url = ParseUrl(origin);
    spdlog::info("the origin {} is not in ALLOWED_ORIGINS: its pages cannot call this server",
                 url ? url->Origin() : "(not a URL)");
  }
  Permit(&origin, response);
  return response;
}

void Cors::Permit(const std::string* origin, HttpResponse& response) const {
  response.headers.Add("Vary", "Origin");
  if (origin == nullptr || !allowed_.contains(*origin)) return;
  response.headers.Add("Access-Control-Allow-Origin", *origin);
  response.headers.Add("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
}

}  // namespace plinto::polar::server
