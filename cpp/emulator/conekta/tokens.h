// Taking the card behind a token: test tokens any number of times, others once.
#pragma once

#include <string_view>
#include <variant>

#include "core/foundation/http.h"
#include "emulator/conekta/cards.h"

namespace plinto::polar::emulator::conekta {

/// The card; or the answer that refuses the token: 422 when there is none of that id, 402 when it was used. `param`
/// names the member that it stands in.
[[nodiscard]] std::variant<Card, HttpResponse> TakeToken(World& world, const HttpRequest& request,
                                                         std::string_view token_id, std::string_view param);

}  // namespace plinto::polar::emulator::conekta
