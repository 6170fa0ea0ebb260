// Base64 as Polar's secrets and signatures use it: standard and URL-safe alphabets, padding optional on input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar {

/// Standard alphabet, padded.
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);

/// Accepts both alphabets and missing padding: Polar's secrets are 43 unpadded characters, which strict decoders
/// refuse. Nothing on any other character or on an impossible length.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

/// URL-safe alphabet, not padded, and no other spelling of the same bytes: as RFC 7515 writes what is signed. Nothing
/// for anything else.
[[nodiscard]] std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace plinto::polar
