// A transcript: one JSON line per API request and its answer, for tests that hold answers against Polar's document.
//
// It holds whole bodies, with the tokens of customer sessions, so it is for test runs and not for logs. A program that
// keeps one sets Config::observer and appends each line to a file in one write, so that several programs may share it.
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
