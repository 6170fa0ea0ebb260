// Service keys, looked up by their hash and remembered for ten seconds, so that a back end's every request does not
// cost a read of the store. A key that was removed ends within that time. Not thread-safe; memory is bounded.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/billing/access/access_policy.h"
#include "server/store/store.h"

namespace plinto::polar::server {

/// A back end that has shown its key.
struct ServiceKey {
  std::string id;
  std::vector<Scope> scopes;
};

class ServiceKeys {
 public:
  /// `store` outlives this.
  explicit ServiceKeys(Store& store) : store_(store) {}

  /// Errors: TOKEN_INVALID when there is no such key; STORE_FAILED.
  [[nodiscard]] Task<Result<ServiceKey>> Find(std::string hash, Timestamp now);

 private:
  struct Known {
    ServiceKey key;
    Timestamp since;
    Timestamp until;
  };
  Store& store_;
  std::unordered_map<std::string, Known> known_;  ///< by hash
};

}  // namespace plinto::polar::server
