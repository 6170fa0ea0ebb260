// Reading parameters of a query.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/result.h"

namespace plinto::polar::server {

/// `true` or `false`; false when absent. Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] inline Result<bool> ReadFlag(const std::optional<std::string>& text, const char* field) {
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return ValidationError(field, "Must be true or false.");
}

}  // namespace plinto::polar::server
