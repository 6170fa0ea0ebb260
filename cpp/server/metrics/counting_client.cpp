#include "server/metrics/counting_client.h"

namespace plinto::polar::server {

Task<HttpOutcome> CountingClient::Send(HttpRequest request, std::chrono::milliseconds timeout) {
  const auto began = std::chrono::steady_clock::now();
  HttpOutcome outcome = co_await inner_.Send(std::move(request), timeout);
  const auto* response = std::get_if<HttpResponse>(&outcome);
  metrics_.CountUpstream(to_, response == nullptr ? 0 : response->status, std::chrono::steady_clock::now() - began);
  co_return outcome;
}

}  // namespace plinto::polar::server
