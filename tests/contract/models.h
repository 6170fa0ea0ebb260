// What the core reads, by the names of Polar's OpenAPI document.
#pragma once

#include <string_view>
#include <vector>

#include "core/foundation/json.h"

namespace plinto::polar::contract {

/// Reads `body` as the answer or webhook data of this schema, and writes what was read. Errors: NOT_FOUND for a schema
/// that the core has no model of; those of reading.
[[nodiscard]] Result<Json> DecodeAndEncode(std::string_view schema, const std::string& body);

[[nodiscard]] std::vector<std::string_view> ModelNames();

}  // namespace plinto::polar::contract
