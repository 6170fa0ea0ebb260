// Sends one HTTP request and says what came of it. Real: upstream/curl_client.h. Scripted, or the emulator: tests.
//
// Knows nothing of retries: the core's exchange decides those. Redirects are answers, not followed.
#pragma once

#include <chrono>
#include <variant>

#include "core/foundation/http.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

using HttpOutcome = std::variant<HttpResponse, TransportFault>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// `request.url` is absolute. Bodies of answers over 16 MiB are a kNetwork fault.
  [[nodiscard]] virtual Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) = 0;
};

}  // namespace plinto::polar::server
