// What every answer of the server gets, whatever its route: a request id, CORS, security headers, one line of log.
//
// Also answers for itself: /healthz, /readyz and preflights. Owns no thread; runs on the listener's event loop.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "server/base/async/body_permit.h"
#include "server/base/random.h"
#include "server/http/cors.h"
#include "server/http/listener.h"

namespace plinto::polar::server {

struct MiddlewareConfig {
  std::vector<std::string> allowed_origins = {};  ///< `https://app.example.com`: scheme, host and port, no path.
  /// What keeps requests from being served, in words that may be shown to anybody and stand in a JSON text as they
  /// are; empty when nothing does. Ready where this is not set.
  std::function<Task<std::string>()> why_not_ready = {};
  /// What the head of a request decides (ListenerConfig::on_head), where the inner handler answers it. Whoever calls
  /// PermitBody() sets it.
  std::function<Task<BodyPermit>(HttpRequest head)> on_head = {};
  /// Told of each answer: `path` is the target's, without the query, cut where it is long.
  std::function<void(std::string_view method, std::string_view path, int status, std::chrono::duration<double> took)>
      on_answered = {};
};

class Middleware {
 public:
  /// `random` outlives the middleware.
  Middleware(MiddlewareConfig config, Random& random, Handler inner);

  [[nodiscard]] Task<HttpResponse> Handle(HttpRequest request);

  /// What a head decides (ListenerConfig::on_head): no body changes what the middleware answers for itself.
  [[nodiscard]] Task<BodyPermit> PermitBody(HttpRequest head);

  /// The same additions for an answer that the listener gives by itself (ListenerConfig::on_refused).
  [[nodiscard]] HttpResponse Dress(const HttpRequest& request, HttpResponse response);

 private:
  struct Exchange;

  [[nodiscard]] Task<HttpResponse> Route(HttpRequest request);
  [[nodiscard]] Exchange Begin(const HttpRequest& request);
  [[nodiscard]] HttpResponse Finish(const Exchange& exchange, HttpResponse response);

  MiddlewareConfig config_;
  Cors cors_;
  Random& random_;
  Handler inner_;
};

}  // namespace plinto::polar::server
