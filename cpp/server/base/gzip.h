// Reads gzip, within bounds. The only door to zlib.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar::server {

/// Errors: INVALID_JSON for what is not gzip or ends early; PAYLOAD_TOO_LARGE as soon as more than `limit` bytes come
/// out of it, so that a small body cannot fill the memory.
[[nodiscard]] Result<std::string> Gunzip(std::string_view packed, std::size_t limit);

}  // namespace plinto::polar::server
