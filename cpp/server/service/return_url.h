// Where buyers may be sent: only to origins that RETURN_ORIGINS lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/result.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Done where there is no URL. Errors: URL_NOT_ALLOWED, naming the field.
[[nodiscard]] Status CheckReturnUrl(const Settings& settings, const std::optional<std::string>& url,
                                    std::string_view field);

/// The URL with `{CHECKOUT_ID}` as Polar fills it in, where URLSearchParams and the like have encoded its braces.
[[nodiscard]] std::string WithPlaceholder(std::string url);

}  // namespace plinto::polar::server
