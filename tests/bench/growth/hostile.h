// Texts that are made to cost much: each piece of one is cheap to send, and of each there may be many.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/http.h"

namespace plinto::polar::growth {

/// A kind of text, made of about so many bytes.
struct Hostile {
  const char* name;
  std::string (*make)(std::size_t size);
};

/// JSON values, whole or broken.
[[nodiscard]] std::span<const Hostile> HostileJson();
/// The few of them that stand for the others where each is tried in many places.
[[nodiscard]] std::span<const Hostile> SomeHostileJson();
/// What stands behind `?`.
[[nodiscard]] std::span<const Hostile> HostileQueries();
/// Texts of headers and other short things: separators, white space, escapes, letters.
[[nodiscard]] std::span<const Hostile> HostileWords();

/// The piece again and again.
[[nodiscard]] std::string Filled(std::string_view piece, std::size_t size);
/// Pieces that differ, by their number.
[[nodiscard]] std::string Numbered(std::size_t size, const std::function<std::string(std::size_t)>& piece);
/// The number in seven digits.
[[nodiscard]] std::string Digits(std::size_t number);
/// Headers of one name, and of names that differ, together about so many bytes.
[[nodiscard]] HttpHeaders ManyHeaders(std::string_view name, std::string_view value, std::size_t size);
[[nodiscard]] HttpHeaders NumberedHeaders(std::size_t size);

}  // namespace plinto::polar::growth
