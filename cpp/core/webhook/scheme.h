// The signature itself, shared by verifying, signing and diagnosing. Internal to core/webhook.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/webhook/secret.h"

namespace plinto::polar::webhook_scheme {

inline constexpr std::string_view kVersionPrefix = "v1,";

/// base64(HMAC-SHA256(key, id "." timestamp "." body))
[[nodiscard]] std::string Sign(std::string_view key, std::string_view id, std::string_view timestamp,
                               std::string_view body);

/// True if one of the space-separated signatures matches one key of one secret, compared in constant time.
[[nodiscard]] bool Matches(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
                           std::string_view signatures, std::string_view body);

}  // namespace plinto::polar::webhook_scheme
