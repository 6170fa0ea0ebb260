// What every answer gets, whatever its route.
#include "catch.h"

#include <algorithm>
#include <sstream>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/gateway/error_body.h"
#include "event_loop.h"
#include "server/base/system_random.h"
#include "server/http/middleware.h"

namespace plinto::polar::server {
namespace {

using testing::RunOn;

HttpResponse Ask(HttpRequest request, Handler inner, MiddlewareConfig config = {}) {
  boost::asio::io_context loop;
  SystemRandom random;
  Middleware middleware(std::move(config), random, std::move(inner));
  HttpResponse response;
  RunOn(loop, [&]() -> Task<void> { response = co_await middleware.Handle(std::move(request)); }());
  return response;
}

Handler Answering(HttpResponse response) {
  return [response](HttpRequest) -> Task<HttpResponse> { co_return response; };
}

std::string Header(const HttpResponse& response, std::string_view name) {
  const std::string* value = response.headers.Find(name);
  return value == nullptr ? std::string() : *value;
}

MiddlewareConfig Allowing(std::vector<std::string> origins) { return {.allowed_origins = std::move(origins)}; }

std::ptrdiff_t LineCount(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// Collects what is logged while it lives.
class LogCapture {
 public:
  LogCapture() : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(text_));
    logger->set_level(spdlog::level::trace);
    spdlog::set_default_logger(logger);
  }
  ~LogCapture() { spdlog::set_default_logger(before_); }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

}  // namespace

TEST_CASE("every answer has a request id of its own and the security headers") {
  const HttpResponse first = Ask({.method = "GET", .url = "/"}, Answering({.status = 200, .body = "{}"}));
  const HttpResponse second = Ask({.method = "GET", .url = "/"}, Answering({.status = 200, .body = "{}"}));

  CHECK(IsUuid(Header(first, "x-request-id")));
  CHECK(Header(first, "x-request-id") != Header(second, "x-request-id"));
  CHECK(Header(first, "x-content-type-options") == "nosniff");
  CHECK(Header(first, "cache-control") == "no-store");
  CHECK(first.body == "{}");
}

TEST_CASE("an error body of ours names the request, other bodies stay as they are") {
  const Error error{.code = ErrorCode::kNotFound, .message = "There is no such \"thing\"."};
  const HttpResponse ours = Ask({.method = "GET", .url = "/"}, Answering(BuildErrorAnswer(error)));
  const HttpResponse foreign =
      Ask({.method = "GET", .url = "/"}, Answering({.status = 404, .body = "{\"error\":\"x\"}"}));
  const HttpResponse success = Ask({.method = "GET", .url = "/"}, Answering({.status = 200, .body = "{\"error\":{}}"}));

  CHECK(ErrorFromGateway(ours).request_id == Header(ours, "x-request-id"));
  CHECK(ErrorFromGateway(ours).message == error.message);
  CHECK(foreign.body == "{\"error\":\"x\"}");
  CHECK(success.body == "{\"error\":{}}");
}

TEST_CASE("pages of an allowed origin may read the answer, no others") {
  const auto origin_permitted = [](std::string origin) {
    const HttpResponse response = Ask({.method = "GET", .url = "/", .headers = {{"Origin", std::move(origin)}}},
                                      Answering({.status = 200}), Allowing({"https://app.example.com"}));
    CHECK(Header(response, "vary") == "Origin");
    CHECK(response.headers.Find("access-control-allow-credentials") == nullptr);
    return Header(response, "access-control-allow-origin");
  };

  CHECK(origin_permitted("https://app.example.com") == "https://app.example.com");
  CHECK(origin_permitted("https://app.example.com.evil.com") == "");
  CHECK(origin_permitted("http://app.example.com") == "");
  CHECK(origin_permitted("https://app.example.com:8443") == "");
  CHECK(origin_permitted("null") == "");
  CHECK(origin_permitted("*") == "");
}

TEST_CASE("a page may read the request id and when to try again") {
  const HttpResponse response = Ask({.method = "GET", .url = "/", .headers = {{"Origin", "https://app.example.com"}}},
                                    Answering({.status = 429}), Allowing({"https://app.example.com"}));

  CHECK(Header(response, "access-control-expose-headers") == "X-Request-Id, Retry-After");
}

TEST_CASE("a preflight is answered without the route, with permissions only for allowed origins") {
  const auto preflight = [](std::string origin) {
    return Ask({.method = "OPTIONS",
                .url = "/polar/checkout",
                .headers = {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}}},
               Answering({.status = 500}), Allowing({"https://app.example.com"}));
  };

  const HttpResponse allowed = preflight("https://app.example.com");
  CHECK(allowed.status == 204);
  CHECK(Header(allowed, "access-control-allow-origin") == "https://app.example.com");
  CHECK(Header(allowed, "access-control-allow-methods") == "GET, POST, DELETE");
  CHECK(Header(allowed, "access-control-allow-headers") ==
        "Authorization, Content-Encoding, Content-Type, Idempotency-Key");
  const HttpResponse foreign = preflight("https://evil.example.com");
  CHECK(foreign.status == 204);
  CHECK(foreign.headers.Find("access-control-allow-origin") == nullptr);
  CHECK(foreign.headers.Find("access-control-allow-methods") == nullptr);
}

TEST_CASE("OPTIONS that is no preflight goes to the route") {
  const HttpResponse response = Ask({.method = "OPTIONS", .url = "/polar/checkout"}, Answering({.status = 405}));

  CHECK(response.status == 405);
}

TEST_CASE("healthz tells that the process lives, readyz that nothing keeps it from its work, or what does") {
  const auto unready = [](std::string reason) {
    return MiddlewareConfig{.why_not_ready = [reason]() -> Task<std::string> { co_return reason; }};
  };
  const std::string why = "the database takes no writes";

  CHECK(Ask({.method = "GET", .url = "/healthz"}, Answering({.status = 404}), unready(why)).status == 200);
  const HttpResponse refused = Ask({.method = "GET", .url = "/readyz"}, Answering({.status = 404}), unready(why));
  CHECK(refused.status == 503);
  CHECK(refused.body == R"({"status":"the database takes no writes"})");
  CHECK(Ask({.method = "GET", .url = "/readyz?x"}, Answering({.status = 404}), unready("")).status == 200);
}

TEST_CASE("healthz and readyz answer to GET and HEAD, and tell so whoever asks otherwise") {
  const std::string path = GENERATE("/healthz", "/readyz");

  CHECK(Ask({.method = "HEAD", .url = path}, Answering({.status = 404})).status == 200);
  for (const char* method : {"POST", "DELETE", "OPTIONS", "BREW"}) {
    const HttpResponse response = Ask({.method = method, .url = path}, Answering({.status = 200}));
    CHECK(response.status == 405);
    CHECK(Header(response, "allow") == "GET, HEAD");
    CHECK(ErrorFromGateway(response).code == ErrorCode::kMethodNotAllowed);
  }
}

TEST_CASE("what the middleware answers for itself is decided by the head, whatever body would follow") {
  SystemRandom random;
  MiddlewareConfig config = Allowing({"https://app.example"});
  std::vector<std::string> asked;
  config.on_head = [&asked](HttpRequest head) -> Task<BodyPermit> {
    asked.push_back(head.url);
    co_return BodyPermit{.limit = 7};
  };
  Middleware middleware(std::move(config), random, Answering({.status = 418}));
  const HttpRequest preflight{
      .method = "OPTIONS",
      .url = "/polar/checkout",
      .headers = {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}}};
  const auto permit = [&](HttpRequest head) {
    boost::asio::io_context loop;
    BodyPermit decided;
    RunOn(loop, [&]() -> Task<void> { decided = co_await middleware.PermitBody(std::move(head)); }());
    return decided;
  };
  CHECK(permit({.method = "GET", .url = "/healthz?x"}).refusal.value_or(HttpResponse{}).status == 200);
  CHECK(permit({.method = "POST", .url = "/readyz"}).refusal.value_or(HttpResponse{}).status == 405);
  CHECK(permit(preflight).refusal.value_or(HttpResponse{}).status == 204);
  const BodyPermit route = permit({.method = "POST", .url = "/polar/checkout"});
  CHECK(route.limit == 7);
  CHECK_FALSE(route.refusal.has_value());
  CHECK(asked == std::vector<std::string>{"/polar/checkout"});
}

TEST_CASE("a route that throws is a 500 that names the request and nothing else") {
  const HttpResponse response = Ask({.method = "GET", .url = "/"}, [](HttpRequest) -> Task<HttpResponse> {
    throw std::runtime_error("secret detail");
    co_return HttpResponse{};
  });

  CHECK(response.status == 500);
  CHECK(ErrorFromGateway(response).code == ErrorCode::kInternal);
  CHECK(ErrorFromGateway(response).request_id == Header(response, "x-request-id"));
  CHECK(response.body.find("secret detail") == std::string::npos);
}

TEST_CASE("what the database says is for the log alone") {
  const LogCapture log;
  const Error error{.code = ErrorCode::kStoreFailed,
                    .message = "Nothing was stored.",
                    .details = "UNIQUE constraint failed:\npolar_customers.id"};
  const HttpResponse response = Ask({.method = "GET", .url = "/"}, Answering(BuildErrorAnswer(error)));

  CHECK(ErrorFromGateway(response).message == error.message);
  CHECK(response.body.find("constraint") == std::string::npos);
  const std::string line = "request " + Header(response, "x-request-id") +
                           ": the database says: UNIQUE constraint failed: polar_customers.id";
  CHECK(log.text().find(line) != std::string::npos);
}

TEST_CASE("the access log has one line with the id, and neither query, token nor body") {
  const LogCapture log;
  const HttpResponse response = Ask({.method = "POST",
                                     .url = "/polar/portal?token=query-secret",
                                     .headers = {{"Authorization", "Bearer header-secret"}},
                                     .body = "body-secret"},
                                    Answering({.status = 201}));

  CHECK(log.text().find("POST /polar/portal 201") != std::string::npos);
  CHECK(log.text().find(Header(response, "x-request-id")) != std::string::npos);
  CHECK(log.text().find("secret") == std::string::npos);
  CHECK(LineCount(log.text()) == 1);
}

TEST_CASE("a refusal of what could not be read as a request has an id too, and a line of the log") {
  const LogCapture log;
  SystemRandom random;
  Middleware middleware({}, random, Answering({.status = 200}));
  HttpResponse refusal = BuildErrorAnswer(ValidationError("", "The HTTP request is malformed."));
  refusal.status = 400;

  const HttpResponse dressed = middleware.Dress({}, std::move(refusal));

  const std::string id = Header(dressed, "x-request-id");
  CHECK(IsUuid(id));
  CHECK(ErrorFromGateway(dressed).request_id == id);
  CHECK(log.text().find("- - 400 ") != std::string::npos);
  CHECK(log.text().find(id) != std::string::npos);
}

TEST_CASE("a path cannot forge a line of the log") {
  const LogCapture log;
  (void)Ask({.method = "GET", .url = "/a\r\n2026 GET /forged 200"}, Answering({.status = 404}));

  CHECK(LineCount(log.text()) == 1);
}

}  // namespace plinto::polar::server
