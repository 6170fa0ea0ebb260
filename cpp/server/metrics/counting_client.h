// An HttpClient that counts what passes through it to another.
#pragma once

#include "server/metrics/metrics.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

class CountingClient final : public HttpClient {
 public:
  /// `to` names the other side in the metrics. `inner` and `metrics` outlive this.
  CountingClient(std::string to, HttpClient& inner, Metrics& metrics)
      : to_(std::move(to)), inner_(inner), metrics_(metrics) {}

  [[nodiscard]] Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override;

 private:
  std::string to_;
  HttpClient& inner_;
  Metrics& metrics_;
};

}  // namespace plinto::polar::server
