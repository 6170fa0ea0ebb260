// Tokens that were found valid a moment ago, so that a page's every request does not cost a signature.
//
// Remembers for a minute at most and never beyond a token's end; what was refused is checked again each time. A key
// that Plinto withdraws thus ends its tokens a minute later. Memory is bounded. Not thread-safe: one event loop owns
// it.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "server/auth/token.h"

namespace plinto::polar::server {

class RememberingVerifier final : public TokenVerifier {
 public:
  explicit RememberingVerifier(std::unique_ptr<TokenVerifier> verifier) : verifier_(std::move(verifier)) {}

  [[nodiscard]] Task<Result<AccessToken>> Verify(std::string authorization, Timestamp now) override;

 private:
  struct Known {
    AccessToken token;
    Timestamp since;
    Timestamp until;
  };
  std::unique_ptr<TokenVerifier> verifier_;
  std::unordered_map<std::string, Known> known_;  ///< by the token
};

}  // namespace plinto::polar::server
