// How the journal, the log and the Wasm module name a delivery that got no answer.
#pragma once

#include <optional>
#include <string_view>

#include "core/foundation/http.h"

namespace plinto::polar::emulator {

/// `connection_refused`, `network`, `timeout` or `canceled`.
[[nodiscard]] std::string_view WordOf(TransportFault fault);
/// Nothing for other words.
[[nodiscard]] std::optional<TransportFault> TransportFaultOf(std::string_view word);

}  // namespace plinto::polar::emulator
