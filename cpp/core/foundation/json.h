// The only door to the JSON library.
//
// The library is configured here and nowhere else: without exceptions, in an inner namespace of its own, so that
// linking with a program that uses nlohmann_json with exceptions mixes nothing. Objects keep their order. Because a
// type mismatch would abort, code reads Json only by the Find...() functions below, never by operator[] or get().
#pragma once

#define JSON_NOEXCEPTION 1
// What nobody uses of it, and every file would pay for: <filesystem>, <ranges> and streams.
#define JSON_HAS_FILESYSTEM 0
#define JSON_HAS_EXPERIMENTAL_FILESYSTEM 0
#define JSON_HAS_RANGES 0
#define JSON_NO_IO 1
#define NLOHMANN_JSON_NAMESPACE nlohmann::plinto_polar_json
#define NLOHMANN_JSON_NAMESPACE_BEGIN \
  namespace nlohmann {                \
  inline namespace plinto_polar_json {
#define NLOHMANN_JSON_NAMESPACE_END \
  }                                 \
  }

// The library's literals are ordinary inline functions: their bodies make every file that includes this instantiate a
// second parser, for a type that nobody uses. They are deleted, and the bodies go to templates.
#define JSON_USE_GLOBAL_UDLS 0
#define _json(text, size)     \
  _json(text, size) = delete; \
  template <class T>          \
  auto UnusedLiteral(text, size, T)
#define _json_pointer(text, size)     \
  _json_pointer(text, size) = delete; \
  template <class T>                  \
  auto UnusedPointer(text, size, T)

#include <nlohmann/json.hpp>

#undef _json
#undef _json_pointer

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar {

using Json = nlohmann::plinto_polar_json::ordered_json;

/// Bounds on hostile input. Objects of Polar have fewer than 100 members; the member limit also keeps the search for
/// duplicate keys cheap.
struct JsonLimits {
  std::size_t max_depth = 64;
  std::size_t max_members = 1'024;
  /// A number under this key that no double holds to its last digit is kept as its text.
  std::string_view exact_key = {};
};

/// Parses one document. Errors: INVALID_JSON, saying what is wrong: syntax, invalid UTF-8, lone surrogates, duplicate
/// keys, nesting or members over the limits, integers outside 64 bits, numbers that overflow a double.
[[nodiscard]] Result<Json> ParseJson(std::string_view text, JsonLimits limits = {});

/// The library's own Json::object() and Json::array() bring its initializer lists along, which cost Wasm bytes.
[[nodiscard]] inline Json EmptyObject() { return Json(Json::value_t::object); }
[[nodiscard]] inline Json EmptyArray() { return Json(Json::value_t::array); }

/// Compact text. Invalid UTF-8 in strings becomes U+FFFD.
[[nodiscard]] std::string DumpJson(const Json& json);

/// Text for people, indented by two spaces.
[[nodiscard]] std::string PrettyJson(const Json& json);

/// The member of an object, or null when `json` is not an object or has no such member.
[[nodiscard]] const Json* FindMember(const Json& json, std::string_view name);
[[nodiscard]] Json* FindMember(Json& json, std::string_view name);

/// The member as a type, or nothing when it is absent or of another type.
[[nodiscard]] const std::string* FindString(const Json& json, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> FindInteger(const Json& json, std::string_view name);
[[nodiscard]] std::optional<bool> FindBool(const Json& json, std::string_view name);

/// A number as a 64-bit integer; nothing for fractions and for what does not fit.
[[nodiscard]] std::optional<std::int64_t> AsInteger(const Json& json);

/// Sets or replaces a member of an object (or of null, which becomes an object).
void SetMember(Json& json, std::string_view name, Json value);

/// Equality that ignores the order of members. For tests and for comparing documents of other writers.
[[nodiscard]] bool SameJson(const Json& left, const Json& right);

}  // namespace plinto::polar
