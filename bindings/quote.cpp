// The module that prices other numbers of seats and units in a page. See core/gateway/quote_api.h.
#include <emscripten/bind.h>

#include <string>

#include "core/gateway/quote_api.h"

namespace {

std::string Quote(const std::string& options) { return plinto::polar::QuoteCall(options); }

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_quote) { emscripten::function("quoteProduct", &Quote); }
