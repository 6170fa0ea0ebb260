// Texts that are no secrets: too short, the same few characters over and over, or the words of a placeholder.
//
// Pure. What it says never holds the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plinto::polar {

/// Polar takes no shorter secret of a webhook endpoint (server/polar/webhook/schemas.py: min_length=32).
inline constexpr std::size_t kShortestPolarSecret = 32;
/// 128 bits where every byte is random: less can be guessed.
inline constexpr std::size_t kShortestSecret = 16;

/// What Polar gives out is checked by Polar: only what cannot be one of its tokens is refused.
inline constexpr std::size_t kShortestToken = 12;
inline constexpr std::size_t kFewestInToken = 3;
inline constexpr std::size_t kFewestCharacters = 6;

/// What is wrong with it, as the rest of a sentence: "is a placeholder", and so on. Empty when nothing is. `fewest` is
/// how many different characters it must have, without a prefix such as `whsec_`.
[[nodiscard]] std::string WeaknessOf(std::string_view secret, std::size_t shortest = kShortestSecret,
                                     std::size_t fewest = kFewestCharacters);

}  // namespace plinto::polar
