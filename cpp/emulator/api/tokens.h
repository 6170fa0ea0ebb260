// Access tokens of the organization: one that may do everything, and others with scopes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;

struct AccessToken {
  std::string token;
  std::optional<std::vector<std::string>> scopes = {};  ///< Nothing: every scope.
};

/// The scopes of which a token needs one for a route of the merchant's API, as Polar's document lists them:
/// `orders:read` or `orders:write` for a GET, `orders:write` for other methods. Empty for routes without scopes.
[[nodiscard]] std::vector<std::string> ScopesOf(std::string_view method, std::string_view pattern);

/// Every scope that a token may have.
[[nodiscard]] std::span<const std::string_view> AllScopes();

/// The organization's token that equals `token`, compared in constant time; null when there is none.
[[nodiscard]] const AccessToken* FindToken(const World& world, std::string_view token);

/// 403 `insufficient_scope` when the token has none of the scopes.
[[nodiscard]] std::optional<HttpResponse> RefuseScope(const AccessToken& token, const std::vector<std::string>& scopes);

}  // namespace plinto::polar::emulator
