// UTF-8, one character at a time: for those who look at every byte anyway.
#pragma once

#include <string_view>

namespace plinto::polar {

/// How many bytes the character at `at` has; 0 where the bytes there are none: overlong, cut off, a surrogate, or
/// beyond U+10FFFF.
[[nodiscard]] std::size_t CharacterLength(std::string_view text, std::size_t at);

}  // namespace plinto::polar
