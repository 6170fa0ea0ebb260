// Values of requests as Pydantic takes them in its lax mode, which Polar's server leaves on: texts trimmed, numbers and
// booleans also as text, ids in every spelling, e-mails, languages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

/// Without the white space around it: Python's `strip()`, with Unicode's spaces.
[[nodiscard]] std::string Strip(std::string_view text);
/// The same, and nothing when nothing is left: Polar's `EmptyStrToNone`.
[[nodiscard]] std::optional<std::string> OrNone(const std::optional<std::string>& text);

/// A value, or what Pydantic has against it.
template <class Value>
struct Taken {
  std::optional<Value> value = {};
  std::string_view type = {};
  std::string_view msg = {};
};
/// 3, `3.0`, `"3"`, `true`.
[[nodiscard]] Taken<std::int64_t> TakeInteger(const Json& json);
/// `true`, 1, `"yes"` and their like.
[[nodiscard]] Taken<bool> TakeBool(const Json& json);
/// A boolean as text in any spelling; nothing for other words.
[[nodiscard]] std::optional<bool> ParseFlag(std::string_view text);

/// In lower case with hyphens, from 32 hexadecimal digits with or without them, braces or `urn:uuid:`.
[[nodiscard]] std::optional<std::string> ToUuid(std::string_view text);
/// Polar's own ids are random ones, of version 4; most of its schemas take no others.
[[nodiscard]] Taken<std::string> TakeUuid(std::string_view text, bool any_version = false);

/// Trimmed, its domain in lower case; `Ada <ada@example.com>` is its address. Nothing when it is none.
[[nodiscard]] std::optional<std::string> ToEmail(std::string_view text);
/// `fr-ca` as `fr-CA`. Nothing when it is no BCP 47 tag of a language; the registry of languages is not asked.
[[nodiscard]] std::optional<std::string> ToLocale(std::string_view text);

}  // namespace plinto::polar::emulator
