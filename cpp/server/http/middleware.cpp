#include "server/http/middleware.h"

#include <chrono>
#include <exception>
#include <optional>

#include <spdlog/spdlog.h>

#include "core/foundation/text.h"
#include "core/gateway/error_body.h"

namespace plinto::polar::server {

using std::chrono::steady_clock;

namespace {

constexpr std::size_t kLoggedPathLength = 200;

/// The path as it goes to the log: without the query, which may carry tokens, and without anything that could forge a
/// line of the log.
std::string PathForLog(std::string_view target) {
  std::string path(target.substr(0, std::min(target.find('?'), kLoggedPathLength)));
  for (char& c : path) {
    if (c <= ' ' || c > '~') c = '?';
  }
  return path;
}

/// What the database has said, with its names of tables and constraints, is for the log alone.
void KeepToLog(Json& error, const std::string& request_id) {
  const std::string* code = FindString(error, "code");
  if (code == nullptr || *code != ToText(ErrorCode::kStoreFailed)) return;
  const Json* details = FindMember(error, "details");
  const std::string* diagnosis = details == nullptr ? nullptr : FindString(*details, "diagnosis");
  if (diagnosis == nullptr) return;
  std::string line = *diagnosis;
  for (char& c : line) {
    if (c < ' ' || c > '~') c = ' ';
  }
  spdlog::warn("request {}: the database says: {}", request_id, line);
  SetMember(error, "details", EmptyObject());
}

/// Puts the request id into an error body of ours; anything else stays as it is.
void CompleteError(HttpResponse& response, const std::string& request_id) {
  if (response.status < 400 || !response.body.starts_with("{\"error\":{")) return;
  Result<Json> json = ParseJson(response.body);
  if (!json) return;
  Json* error = FindMember(*json, "error");
  if (error == nullptr || FindString(*error, "code") == nullptr) return;
  KeepToLog(*error, request_id);
  SetMember(*error, "request_id", request_id);
  response.body = DumpJson(*json);
}

HttpResponse HealthAnswer(int status, std::string_view text) {
  return HttpResponse{.status = status,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = "{\"status\":\"" + std::string(text) + "\"}"};
}

bool IsProbe(std::string_view path) { return path == "/healthz" || path == "/readyz"; }

std::string_view PathOf(const HttpRequest& request) {
  return std::string_view(request.url).substr(0, request.url.find('?'));
}

}  // namespace

struct Middleware::Exchange {
  std::string method;
  std::string path;
  std::optional<std::string> origin;
  std::string request_id;
  steady_clock::time_point began;
};

Middleware::Middleware(MiddlewareConfig config, Random& random, Handler inner)
    : config_(std::move(config)), cors_(config_.allowed_origins), random_(random), inner_(std::move(inner)) {}

Middleware::Exchange Middleware::Begin(const HttpRequest& request) {
  const std::string* origin = request.headers.Find("origin");
  // A request that could not be read is a dash in the log.
  return Exchange{.method = request.method.empty() ? "-" : request.method,
                  .path = request.url.empty() ? "-" : PathForLog(request.url),
                  .origin = origin == nullptr ? std::nullopt : std::optional(*origin),
                  .request_id = UuidFromEntropy(random_.Entropy()),
                  .began = steady_clock::now()};
}

HttpResponse Middleware::Finish(const Exchange& exchange, HttpResponse response) {
  CompleteError(response, exchange.request_id);
  response.headers.Add("X-Request-Id", exchange.request_id);
  response.headers.Add("X-Content-Type-Options", "nosniff");
  if (response.headers.Find("cache-control") == nullptr) response.headers.Add("Cache-Control", "no-store");
  // A preflight's answer has them already.
  if (response.headers.Find("vary") == nullptr) {
    cors_.Permit(exchange.origin ? &*exchange.origin : nullptr, response);
  }
  const auto took = steady_clock::now() - exchange.began;
  if (config_.on_answered) config_.on_answered(exchange.method, exchange.path, response.status, took);
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  const bool probe = response.status < 400 && IsProbe(exchange.path);
  const auto level = response.status >= 500 ? spdlog::level::warn : probe ? spdlog::level::debug : spdlog::level::info;
  spdlog::log(level, "{} {} {} {:.1f}ms {}", exchange.method, exchange.path, response.status, ms, exchange.request_id);
  return response;
}

Task<HttpResponse> Middleware::Handle(HttpRequest request) {
  const Exchange exchange = Begin(request);
  HttpResponse response;
  bool failed = false;
  try {
    response = co_await Route(std::move(request));
  } catch (const std::exception& problem) {
    failed = true;
    spdlog::error("request {} failed: {}", exchange.request_id, problem.what());
  }
  if (failed) {
    const Error error{.code = ErrorCode::kInternal,
                      .message =
                          "The server failed at this request. Try again; if it goes on, look for the request id "
                          "in the server's log."};
    response = BuildErrorAnswer(error);
  }
  co_return Finish(exchange, std::move(response));
}

HttpResponse Middleware::Dress(const HttpRequest& request, HttpResponse response) {
  return Finish(Begin(request), std::move(response));
}

Task<BodyPermit> Middleware::PermitBody(HttpRequest head) {
  if (!Cors::IsPreflight(head) && !IsProbe(PathOf(head))) co_return co_await config_.on_head(std::move(head));
  HttpResponse answer = co_await Route(std::move(head));
  co_return BodyPermit{.refusal = std::move(answer)};
}

Task<HttpResponse> Middleware::Route(HttpRequest request) {
  if (Cors::IsPreflight(request)) co_return cors_.AnswerPreflight(request);
  const std::string_view path = PathOf(request);
  if (!IsProbe(path)) co_return co_await inner_(std::move(request));
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = BuildErrorAnswer(WrongMethod("GET, HEAD"));
    refusal.headers.Add("Allow", "GET, HEAD");
    co_return refusal;
  }
  if (path == "/healthz") co_return HealthAnswer(200, "ok");
  std::string reason;
  if (config_.why_not_ready) reason = co_await config_.why_not_ready();
  co_return reason.empty() ? HealthAnswer(200, "ready") : HealthAnswer(503, reason);
}

}  // namespace plinto::polar::server
