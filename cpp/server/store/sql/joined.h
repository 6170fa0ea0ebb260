// Statements out of pieces, put together by the compiler: prepared statements are known by the address of their text.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace plinto::polar::server {

/// The texts one after the other, ended by a NUL.
template <std::size_t... N>
consteval auto Joined(const char (&... texts)[N]) {
  std::array<char, ((N - 1) + ...) + 1> joined{};
  std::size_t at = 0;
  ((std::copy_n(texts, N - 1, joined.data() + at), at += N - 1), ...);
  return joined;
}

}  // namespace plinto::polar::server
