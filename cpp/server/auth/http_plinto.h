// Plinto's API over HTTP, asked with the user's own token.
//
// Not thread-safe: one event loop owns it, as it owns the service. Memberships are cached for a minute; requests that
// ask for the same membership at the same time share one answer. Users are always asked for.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "server/auth/membership_cache.h"
#include "server/auth/plinto.h"
#include "server/base/clock.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

struct HttpPlintoConfig {
  std::string api_url;  ///< `https://api.example.com` or with a path before `/api/v1`; no slash at its end
  std::chrono::milliseconds timeout = std::chrono::seconds(5);
  std::chrono::seconds membership_lifetime = std::chrono::seconds(60);
  std::size_t cached_memberships = 10'000;
};

class HttpPlinto : public Plinto {
 public:
  /// `http` and `clock` outlive this.
  HttpPlinto(HttpPlintoConfig config, HttpClient& http, const Clock& clock);

  [[nodiscard]] Task<Result<PlintoUser>> GetUser(const AccessToken& token) override;
  [[nodiscard]] Task<Result<Membership>> GetMembership(const AccessToken& token,
                                                       std::string_view organization_id) override;

 private:
  struct Flight;
  class Landing;

  [[nodiscard]] Task<HttpOutcome> Get(std::string path, const AccessToken& token);
  [[nodiscard]] Task<Result<Membership>> AskMembership(AccessToken token, std::string organization_id);

  HttpPlintoConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  MembershipCache cache_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace plinto::polar::server
