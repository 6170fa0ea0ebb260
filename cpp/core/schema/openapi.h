// Prints docs/openapi.json: the OpenAPI 3.1 document of our own API.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar::schema {

/// `version` is the server's.
[[nodiscard]] std::string PrintOpenApi(std::string_view version);

}  // namespace plinto::polar::schema
