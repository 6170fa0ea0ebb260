// Plinto's API over HTTP, asked with the user's own token.
//
// Not thread-safe: one event loop owns it, as it owns the service. Memberships are cached for a minute, refusals
// too; requests that ask for the same membership at the same time share one answer. Users are cached for as long once
// their e-mail is verified: whoever was told to verify it is not told so again.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "server/auth/answer_cache.h"
#include "server/auth/plinto.h"
#include "server/base/time/clock.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

struct HttpPlintoConfig {
  std::string api_url;  ///< `https://api.example.com` or with a path before `/api/v1`; no slash at its end
  std::chrono::milliseconds timeout = std::chrono::seconds(5);
  std::chrono::seconds answer_lifetime = std::chrono::seconds(60);
  std::size_t cached_answers = 10'000;  ///< of each kind
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
  AnswerCache<Membership> memberships_;
  AnswerCache<PlintoUser> users_;  ///< by the user's id
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace plinto::polar::server
