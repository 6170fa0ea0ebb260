#include "server/commands/metrics_server.h"

#include <spdlog/spdlog.h>

#include "core/gateway/error_body.h"

namespace plinto::polar::server {

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(boost::asio::io_context& loop, const Config& config,
                                                            Metrics& metrics, CountQueues count) {
  auto server = std::make_unique<MetricsServer>();
  if (!config.metrics_port) return server;
  ListenerConfig listen;
  listen.host = config.metrics_host;
  listen.port = *config.metrics_port;
  listen.max_connections = 16;
  auto started = Listener::Start(loop, std::move(listen), [&metrics, count = std::move(count)](HttpRequest request) {
    return Answer(std::move(request), metrics, count);
  });
  if (!started) return std::move(started).error();
  server->listener_ = *std::move(started);
  spdlog::info("metrics at {}/metrics", server->listener_->url());
  return server;
}

Task<HttpResponse> MetricsServer::Answer(HttpRequest request, Metrics& metrics, const CountQueues& count) {
  const std::string_view path = std::string_view(request.url).substr(0, request.url.find('?'));
  if (path != "/metrics") {
    co_return BuildErrorAnswer({.code = ErrorCode::kNotFound, .message = "Only /metrics is here."});
  }
  if (request.method != "GET") {
    HttpResponse refusal = BuildErrorAnswer(WrongMethod("GET"));
    refusal.headers.Add("Allow", "GET");
    co_return refusal;
  }
  const Result<QueueDepths> depths = co_await count();
  if (!depths) co_return BuildErrorAnswer(depths.error());
  co_return HttpResponse{.status = 200,
                         .headers = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}},
                         .body = metrics.Print(*depths)};
}

Task<void> MetricsServer::Stop() {
  if (listener_) co_await listener_->Stop();
}

}  // namespace plinto::polar::server
