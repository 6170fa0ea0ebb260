// Small questions about text that JSON, HTTP and URLs all ask. ASCII rules only; no locale is consulted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar {

[[nodiscard]] std::string ToLowerAscii(std::string_view text);
[[nodiscard]] bool EqualsIgnoringCase(std::string_view left, std::string_view right);
[[nodiscard]] std::string_view TrimAscii(std::string_view text);

/// True for the 36-character form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, any version, upper or lower case.
[[nodiscard]] bool IsUuid(std::string_view text);
/// The version 4 UUID made of 16 random bytes given as 32 hexadecimal digits; empty when they are not that.
[[nodiscard]] std::string UuidFromEntropy(std::string_view hex32);

/// Number of Unicode code points in UTF-8 text; lengths in Polar's limits count these.
[[nodiscard]] std::size_t CountCodePoints(std::string_view utf8);

/// Percent-encodes everything but RFC 3986 unreserved characters.
[[nodiscard]] std::string PercentEncode(std::string_view text);
/// Decodes %XX (and, in a query, `+` as a space). Nothing on a broken escape.
[[nodiscard]] std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

/// A whole decimal integer, optional minus sign, nothing around it. Nothing when it is not that or overflows.
[[nodiscard]] std::optional<std::int64_t> ParseInteger(std::string_view text);

/// Compares without leaking where the difference is. Lengths are not secret.
[[nodiscard]] bool EqualsInConstantTime(std::string_view left, std::string_view right);

/// `created_at` -> `createdAt`.
[[nodiscard]] std::string SnakeToCamel(std::string_view snake);

/// Lower-case hexadecimal digits of bytes.
[[nodiscard]] std::string ToHex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> FromHex(std::string_view hex);  ///< nothing on odd lengths or other digits

}  // namespace plinto::polar
