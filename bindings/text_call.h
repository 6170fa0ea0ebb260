// How JavaScript calls the core: texts and bytes in as (address, length) pairs, one text out. See text_call.js.
//
// Plain C exports. For the handful of functions that a module has, embind and its glue would be 4 KB of the 36 that a
// browser may download.
#pragma once

#include <emscripten.h>

#include <string>

namespace plinto::polar {

/// Keeps an answer until the next one and returns its length; JavaScript asks for its address and copies it.
std::size_t Answer(std::string text);

}  // namespace plinto::polar

/// Marks a function that JavaScript calls.
#define PLINTO_POLAR_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE
