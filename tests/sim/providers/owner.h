// What whoever manages an account asks its provider: not by the servers' way, and with no weather.
#pragma once

#include <string>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::sim {

/// A request with the account's own key.
[[nodiscard]] HttpRequest OwnersRequest(const std::string& key, const std::string& method, const std::string& path,
                                        const std::string& body);
/// What it was answered with; null where it was refused.
[[nodiscard]] Json AnswerIn(const HttpResponse& answer);

}  // namespace plinto::polar::sim
