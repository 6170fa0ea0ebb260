#include "server/service/storable.h"

#include <cstdint>
#include <cstring>

namespace plinto::polar::server {
namespace {

// Bytes of a character that begins so; 0 for a byte that cannot begin one.
std::size_t LengthOf(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
bool FitsFirst(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second <= 0x9F;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second <= 0x8F;
  return true;
}

}  // namespace

bool IsStorable(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most of JSON is ASCII: eight bytes at a time, none of them NUL or above 127.
    if (at + 8 <= text.size()) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, text.data() + at, 8);
      const std::uint64_t has_nul = (eight - 0x0101010101010101) & ~eight & 0x8080808080808080;
      if (((eight & 0x8080808080808080) | has_nul) == 0) {
        at += 8;
        continue;
      }
    }
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = LengthOf(first);
    if (first == 0 || length == 0 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next < 0x80 || next > 0xBF || (i == 1 && !FitsFirst(first, next))) return false;
    }
    at += length;
  }
  return true;
}

std::optional<std::string> FindNul(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) {
    return text->find('\0') == std::string::npos ? std::nullopt : std::optional(std::string());
  }
  if (const auto* object = json.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *object) {
      if (key.find('\0') != std::string::npos) return std::string();
      if (auto field = FindNul(value)) return field->empty() ? key : key + (field->front() == '[' ? "" : ".") + *field;
    }
  }
  if (const auto* list = json.get_ptr<const Json::array_t*>()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (auto field = FindNul((*list)[i])) {
        return "[" + std::to_string(i) + "]" + (field->empty() || field->front() == '[' ? "" : ".") + *field;
      }
    }
  }
  return std::nullopt;
}

}  // namespace plinto::polar::server
