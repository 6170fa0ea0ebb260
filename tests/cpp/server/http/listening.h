// Helpers for tests of the listener: one that echoes, requests as bytes, and what an answer's bytes say.
#pragma once

#include "catch.h"

#include "core/foundation/json.h"
#include "event_loop.h"
#include "server/http/listener.h"

namespace plinto::polar::server::testing {

inline Task<HttpResponse> Echo(HttpRequest request) {
  HttpResponse response{.status = 200, .headers = {{"Content-Type", "application/octet-stream"}}};
  response.headers.Add("X-Method", request.method);
  response.headers.Add("X-Target", request.url);
  response.body = std::move(request.body);
  co_return response;
}

inline std::unique_ptr<Listener> Listen(boost::asio::io_context& loop, ListenerConfig config = {},
                                        Handler handler = Echo) {
  auto listener = Listener::Start(loop, std::move(config), std::move(handler));
  REQUIRE(listener.ok());
  return *std::move(listener);
}

inline std::string Post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

inline std::string Get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

inline int StatusOf(const std::string& answer) {
  return answer.starts_with("HTTP/1.") ? std::stoi(answer.substr(9, 3)) : 0;
}

inline std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

inline std::string CodeOf(const std::string& answer) {
  const auto json = ParseJson(BodyOf(answer));
  const Json* error = json ? FindMember(*json, "error") : nullptr;
  const std::string* code = error == nullptr ? nullptr : FindString(*error, "code");
  return code == nullptr ? std::string() : *code;
}

inline bool Has(const std::string& answer, std::string_view text) { return answer.find(text) != std::string::npos; }

}  // namespace plinto::polar::server::testing
