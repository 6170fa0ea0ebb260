#include "server/service/storable.h"

#include <cstdint>
#include <cstring>

#include "core/foundation/utf8.h"

namespace plinto::polar::server {
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
    const std::size_t length = text[at] == '\0' ? 0 : CharacterLength(text, at);
    if (length == 0) return false;
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
