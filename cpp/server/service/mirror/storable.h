// What a database can keep as a text: UTF-8 without NUL. PostgreSQL refuses all else.
#pragma once

#include <string_view>

namespace plinto::polar::server {

[[nodiscard]] bool IsStorable(std::string_view text);

}  // namespace plinto::polar::server
