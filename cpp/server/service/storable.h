// What a database can keep as a text: UTF-8 without NUL. PostgreSQL, ours as well as Polar's, refuses all else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar::server {

[[nodiscard]] bool IsStorable(std::string_view text);

/// The field of the first text with a NUL in it, such as `items[2].name`. JSON that was parsed is UTF-8.
[[nodiscard]] std::optional<std::string> FindNul(const Json& json);

}  // namespace plinto::polar::server
