// Polar's limits on metadata: at most 50 keys of 1 to 40 characters; values are texts of 1 to 500 characters, numbers
// or booleans. No null, no nesting. Source: MetadataInputType of Polar's OpenAPI document.
#pragma once

#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar {

inline constexpr std::size_t kMaxMetadataKeys = 50;
inline constexpr std::size_t kMaxMetadataKeyLength = 40;
inline constexpr std::size_t kMaxMetadataValueLength = 500;

/// One member, its value as CheckMetadata() wants it. Errors: VALIDATION_FAILED, naming the key.
[[nodiscard]] Status CheckMetadataMember(const std::string& key, const Json& value);
/// Errors: VALIDATION_FAILED, naming the member as `field.key`.
[[nodiscard]] Status CheckMetadata(const Json& metadata, std::string_view field);

}  // namespace plinto::polar
