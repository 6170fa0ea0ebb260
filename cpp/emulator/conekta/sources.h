// Payment sources as requests bring them.
#pragma once

#include <string>
#include <variant>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "emulator/conekta/customers.h"

namespace plinto::polar::emulator::conekta {

/// `{type, token_id}` of a card or `{type, expires_at}` of a reference; or the answer that refuses it. The token is
/// used.
[[nodiscard]] std::variant<Source, HttpResponse> ReadSource(World& world, const HttpRequest& request,
                                                            const Json& object, const std::string& path);
Source& AddSource(World& world, Customer& customer, Source fields);

}  // namespace plinto::polar::emulator::conekta
