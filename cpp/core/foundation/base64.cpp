#include "core/foundation/base64.h"

#include <cstdint>

namespace plinto::polar {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int SextetOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    text += kAlphabet[group >> 18U & 63U];
    text += kAlphabet[group >> 12U & 63U];
    text += left > 1 ? kAlphabet[group >> 6U & 63U] : '=';
    text += left > 2 ? kAlphabet[group & 63U] : '=';
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int sextet = SextetOf(c);
    if (sextet < 0) return std::nullopt;
    window = window << 6U | static_cast<std::uint32_t>(sextet);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(window >> bits & 255U);
    }
  }
  return bytes;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes || text.empty()) return bytes;
  // Bits that no byte has are left over in the last character, and have to be zero.
  const std::size_t left_over = text.size() * 6 % 8;
  const auto last = static_cast<unsigned>(SextetOf(text.back()));
  return (last & ((1U << left_over) - 1)) == 0 ? bytes : std::nullopt;
}

}  // namespace plinto::polar
