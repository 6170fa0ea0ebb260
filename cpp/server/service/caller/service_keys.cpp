#include "server/service/caller/service_keys.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kRememberedSeconds = 10;
constexpr std::size_t kRemembered = 1'000;

Error NoSuchKey() {
  return Error{.code = ErrorCode::kTokenInvalid,
               .message = "There is no such service key, or no longer. Make one: plinto-polar key add."};
}

}  // namespace

Task<Result<ServiceKey>> ServiceKeys::Find(std::string hash, Timestamp now) {
  const auto known = known_.find(hash);
  // A clock that was set back makes nothing lasting: what was learned later than now is asked for again.
  if (known != known_.end() && known->second.since <= now && now < known->second.until) co_return known->second.key;
  Result<std::optional<ServiceKeyRow>> row = co_await store_.FindServiceKey(hash);
  if (!row) co_return std::move(row).error();
  if (!*row) {
    known_.erase(hash);
    co_return NoSuchKey();
  }
  // A scope that this version does not know is none that it could grant: then the key opens nothing.
  Result<std::vector<Scope>> scopes = ParseScopes((*row)->scopes);
  ServiceKey key{.id = (*row)->id, .scopes = scopes ? *std::move(scopes) : std::vector<Scope>()};
  if (known_.size() >= kRemembered) known_.clear();
  known_.insert_or_assign(std::move(hash), Known{key, now, now.PlusSeconds(kRememberedSeconds)});
  co_return key;
}

}  // namespace plinto::polar::server
