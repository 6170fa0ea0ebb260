#include "server/commands/metrics_server.h"

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/gateway/error_body.h"

namespace plinto::polar::server {

MetricsServer::MetricsServer(boost::asio::io_context& loop, Metrics& metrics, CountQueues count)
    : metrics_(metrics), count_(std::move(count)), done_(loop) {
  counting_.OnEnded([this] { done_.cancel(); });
}

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(boost::asio::io_context& loop, const Config& config,
                                                            Metrics& metrics, CountQueues count) {
  std::unique_ptr<MetricsServer> server(new MetricsServer(loop, metrics, std::move(count)));
  if (!config.metrics_port) return server;
  ListenerConfig listen;
  listen.host = config.metrics_host;
  listen.port = *config.metrics_port;
  listen.max_connections = 16;
  auto started = Listener::Start(loop, std::move(listen), [asked = server.get()](HttpRequest request) {
    return asked->Answer(std::move(request));
  });
  if (!started) return std::move(started).error();
  server->listener_ = *std::move(started);
  spdlog::info("metrics at {}/metrics", server->listener_->url());
  return server;
}

Task<HttpResponse> MetricsServer::Answer(HttpRequest request) {
  const std::string_view path = std::string_view(request.url).substr(0, request.url.find('?'));
  if (path != "/metrics") {
    co_return BuildErrorAnswer({.code = ErrorCode::kNotFound, .message = "Only /metrics is here."});
  }
  if (request.method != "GET") {
    HttpResponse refusal = BuildErrorAnswer(WrongMethod("GET"));
    refusal.headers.Add("Allow", "GET");
    co_return refusal;
  }
  const std::optional<QueueDepths> depths = co_await Count();
  co_return HttpResponse{.status = 200,
                         .headers = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}},
                         .body = metrics_.Print(depths)};
}

// Several who ask at the same time wait for one count.
Task<std::optional<QueueDepths>> MetricsServer::Count() {
  if (counting_.size() == 0) {
    done_.expires_after(kPatience);
    co_await counting_.Start(KeepCount());
  }
  while (counting_.size() > 0 && std::chrono::steady_clock::now() < done_.expiry()) {
    co_await done_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  if (counting_.size() > 0) co_return std::nullopt;
  co_return counted_;
}

Task<void> MetricsServer::KeepCount() {
  counted_.reset();
  const Result<QueueDepths> counted = co_await count_();
  if (counted) counted_ = *counted;
}

Task<void> MetricsServer::Stop() {
  if (listener_) co_await listener_->Stop();
  co_await counting_.Wait();
}

}  // namespace plinto::polar::server
