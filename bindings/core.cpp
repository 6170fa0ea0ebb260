// The browser's module: everything that JavaScript may call, JSON text in and an envelope out.
//
// See core/gateway/wasm_api.h for the contract. Nothing here decides anything.
#include <emscripten/bind.h>

#include <string>

#include "core/gateway/wasm_api.h"

namespace {

std::string Start(const std::string& operation, const std::string& input, const std::string& context) {
  return plinto::polar::StartCall(operation, input, context);
}

std::string Continue(const std::string& exchange, const std::string& event, const std::string& context) {
  return plinto::polar::ContinueCall(exchange, event, context);
}

std::string Version() { return PLINTO_POLAR_VERSION; }

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_core) {
  emscripten::function("exchangeStart", &Start);
  emscripten::function("exchangeNext", &Continue);
  emscripten::function("version", &Version);
}
