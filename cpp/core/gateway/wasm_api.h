// One call of our own API, from what the user wrote to what the user gets, as JSON texts: what the Wasm module exports.
//
// Stateless: the exchange's state travels as text, so the host holds no handle. Native tests run the same functions.
// Operations: those of core/gateway/operations.cpp.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar {

/// Checks the input and builds the request.
/// `input`: the user's options in camelCase. `context`: {base_url, now_ms, random, entropy, deadline_ms?}.
/// Returns an envelope: {"ok":true,"value":{"exchange":{...},"action":{...}}} or {"ok":false,"error":{...}}.
[[nodiscard]] std::string StartCall(std::string_view operation, std::string_view input, std::string_view context);

/// Continues with what happened. `exchange`: as returned before, or begun by the host for an operation that the core
/// does not know: {operation, method, url, headers, body?, deadline_ms, attempts}. It is decided when that is sent
/// again, and how it failed; what it answers, the host reads. `event`: {"kind":"answer","status","headers","body"},
/// {"kind":"fault","fault":"network"|"timeout"|"canceled"|"connection_refused"} or {"kind":"timer"}.
[[nodiscard]] std::string ContinueCall(std::string_view exchange, std::string_view event, std::string_view context);

}  // namespace plinto::polar
