// A transcript: one JSON line per API request and its answer, for tests that hold answers against Polar's document.
//
// Holds whole bodies, tokens of customer sessions included: it is for test runs, not for logs. Whoever keeps one sets
// Config::observer and appends the lines to a file, each in one write, so that several programs may share it.
#pragma once

#include <string>

#include "emulator/emulator.h"

namespace plinto::polar::emulator {

/// The environment variable that names the file to append to, in tests and in `plinto-polar emulate`.
inline constexpr const char* kTranscriptVariable = "POLAR_EMULATOR_TRANSCRIPT";

/// `{"method","path","query"?,"route","status","content_type","request_body"?,"body"}` and a newline. `route` is the
/// pattern, as in `/v1/customers/{id}`, or null; content_type is null where there is none; bodies are text as sent.
[[nodiscard]] std::string TranscriptLine(const Exchange& exchange);

}  // namespace plinto::polar::emulator
