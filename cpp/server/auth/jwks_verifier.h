// Checks Plinto's access tokens with the keys that Plinto publishes (PLINTO_JWKS_URL).
//
// Keys are fetched when the first token comes, again after ten minutes, and when a token names a key that is not known:
// Plinto has changed its keys. However many tokens ask, there is one request at a time and at most one a second; a
// token of an unknown key waits for it, so that no stranger spends the request that finds a new key. After a request
// that failed there is none for ten seconds. While Plinto does not answer, the keys that are held stay good for a day;
// without any, the reason is answered. Not thread-safe: one event loop owns it.
#pragma once

#include <chrono>
#include <memory>

#include "server/auth/jwks.h"
#include "server/auth/token.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

struct JwksConfig {
  std::string url;
  std::vector<std::string> algorithms = {};  ///< RS256, ES256, or both; empty takes both
  std::string issuer = "https://plinto.dev";
  std::string audience = "plinto.dev";
  std::chrono::milliseconds timeout = std::chrono::seconds(5);
  std::chrono::seconds lifetime = std::chrono::minutes(10);
  std::chrono::seconds longest_life = std::chrono::hours(24);  ///< while Plinto does not answer
  std::chrono::seconds pause = std::chrono::seconds(10);       ///< after a request that failed
  std::chrono::milliseconds pace = std::chrono::seconds(1);    ///< between any two requests
};

class JwksVerifier : public TokenVerifier {
 public:
  /// `http` outlives this.
  JwksVerifier(JwksConfig config, HttpClient& http);

  [[nodiscard]] Task<Result<AccessToken>> Verify(std::string authorization, Timestamp now) override;

 private:
  struct Flight;
  class Landing;

  /// Asks for the keys when it is time, or waits for whoever does. Does nothing within the pause.
  [[nodiscard]] Task<void> Refresh(Timestamp now);
  [[nodiscard]] Task<void> Fetch();
  [[nodiscard]] bool IsOlderThan(std::chrono::seconds age, Timestamp now) const;
  /// Is there a key of exactly this name?
  [[nodiscard]] bool Holds(const std::optional<std::string>& kid) const;
  /// Nothing when no key that is held could have signed it.
  [[nodiscard]] std::optional<Result<Json>> TryKeys(const std::string& token, const JwtHeader& header) const;

  JwksConfig config_;
  HttpClient& http_;
  std::vector<JwtKey> keys_;
  std::optional<Timestamp> fetched_at_;
  std::optional<Timestamp> failed_at_;
  std::chrono::steady_clock::time_point next_ = {};  ///< no request before; a clock that is set changes nothing in it
  std::optional<Error> failure_;                     ///< of the last request, if it failed
  std::shared_ptr<Flight> flight_;
};

}  // namespace plinto::polar::server
