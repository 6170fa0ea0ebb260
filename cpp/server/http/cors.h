// Which web pages may call this server from a browser: those of the configured origins, exactly as written there.
//
// Tokens travel in the Authorization header, not in cookies, so credentials are never allowed and `*` is never sent.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/foundation/http.h"

namespace plinto::polar::server {

class Cors {
 public:
  explicit Cors(const std::vector<std::string>& allowed_origins)
      : allowed_(allowed_origins.begin(), allowed_origins.end()) {}

  /// True for a browser's question whether it may send a request (OPTIONS with Access-Control-Request-Method).
  [[nodiscard]] static bool IsPreflight(const HttpRequest& request);
  /// 204, with permissions only for an allowed origin.
  [[nodiscard]] HttpResponse AnswerPreflight(const HttpRequest& request) const;
  /// Adds what lets the page of an allowed origin read the answer. `origin` may be null.
  void Permit(const std::string* origin, HttpResponse& response) const;

 private:
  std::unordered_set<std::string> allowed_;
};

}  // namespace plinto::polar::server
