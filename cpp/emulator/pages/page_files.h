// The files that the emulator's pages load: the build embeds them (scripts/cmake/embed.cmake).
#pragma once

#include <string_view>

namespace plinto::polar::emulator {

extern const std::string_view kStyleSheet;      ///< theme.css, style.css and narrow.css, one behind the other.
extern const std::string_view kCheckoutScript;  ///< checkout.js

}  // namespace plinto::polar::emulator
