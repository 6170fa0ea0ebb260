// How results cross the boundary to JavaScript: {"ok":true,"value":...} or {"ok":false,"error":...}, as JSON texts.
#pragma once

#include <string>

#include "core/foundation/json.h"

namespace plinto::polar {

[[nodiscard]] std::string SuccessEnvelope(Json value);
[[nodiscard]] std::string FailureEnvelope(const Error& error);

}  // namespace plinto::polar
