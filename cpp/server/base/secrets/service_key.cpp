#include "server/base/secrets/service_key.h"

#include "core/foundation/sha256.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kDigits = 64;

}  // namespace

std::string NewServiceKey(Random& random) {
  return std::string(kServiceKeyPrefix) + random.Entropy() + random.Entropy();
}

bool IsServiceKey(std::string_view text) {
  if (!text.starts_with(kServiceKeyPrefix) || text.size() != kServiceKeyPrefix.size() + kDigits) return false;
  return FromHex(text.substr(kServiceKeyPrefix.size())).has_value();
}

std::string HashServiceKey(std::string_view key) { return ToHex(DigestSha256(key)); }

}  // namespace plinto::polar::server
