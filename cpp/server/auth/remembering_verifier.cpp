#include "server/auth/remembering_verifier.h"

#include <algorithm>

#include "server/auth/jwt.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMostKnown = 4'096;
constexpr std::int64_t kSeconds = 60;

}  // namespace

Task<Result<AccessToken>> RememberingVerifier::Verify(std::string authorization, Timestamp now) {
  // By the token, not by the header around it, which may be spelled in as many ways as there are spaces.
  Result<std::string> text = ReadBearer(authorization);
  if (!text) co_return std::move(text).error();
  if (const auto found = known_.find(*text); found != known_.end()) {
    // A clock that was set back makes nothing valid that was not.
    if (found->second.since <= now && now < found->second.until) co_return found->second.token;
    known_.erase(found);
  }
  Result<AccessToken> token = co_await verifier_->Verify(authorization, now);
  if (!token) co_return token;
  if (known_.size() >= kMostKnown) known_.clear();
  const Timestamp until = std::min(now.PlusSeconds(kSeconds), token->expires_at);
  known_.insert_or_assign(*std::move(text), Known{*token, now, until});
  co_return token;
}

}  // namespace plinto::polar::server
