// The browser's module: everything that JavaScript may call (core.js), JSON text in and an envelope out.
//
// See core/gateway/call.h for the contract. Nothing here decides anything.
#include "core/gateway/call.h"
#include "text_call.h"

using plinto::polar::Answer;

PLINTO_POLAR_EXPORT std::size_t plinto_exchange_start(const char* operation, std::size_t operation_size,
                                                      const char* input, std::size_t input_size, const char* context,
                                                      std::size_t context_size) {
  return Answer(plinto::polar::StartCall({operation, operation_size}, {input, input_size}, {context, context_size}));
}

PLINTO_POLAR_EXPORT std::size_t plinto_exchange_next(const char* exchange, std::size_t exchange_size, const char* event,
                                                     std::size_t event_size, const char* context,
                                                     std::size_t context_size) {
  return Answer(plinto::polar::ContinueCall({exchange, exchange_size}, {event, event_size}, {context, context_size}));
}

PLINTO_POLAR_EXPORT std::size_t plinto_version() { return Answer("0.1.0"); }
