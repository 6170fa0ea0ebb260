// Keys with which back ends act for any subject of their tenant: made here, shown once, stored as a hash.
//
// SHA-256 without salt or stretching is enough: a key is 256 random bits, not a password that could be guessed, and it
// is looked up by its hash on each request.
#pragma once

#include <string>
#include <string_view>

#include "server/base/random.h"

namespace plinto::polar::server {

/// What every key begins with; Plinto's access tokens never do.
inline constexpr std::string_view kServiceKeyPrefix = "plinto_sk_";

/// A new key: the prefix and 256 random bits in hexadecimal.
[[nodiscard]] std::string NewServiceKey(Random& random);

/// Is this the form of a service key? Says nothing about whether there is such a key.
[[nodiscard]] bool IsServiceKey(std::string_view text);

/// What is stored of it, and looked up: SHA-256 in hexadecimal.
[[nodiscard]] std::string HashServiceKey(std::string_view key);

}  // namespace plinto::polar::server
