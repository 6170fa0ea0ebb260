// Fills the emulator from a user's file: what to sell and to whom, in the words of Polar's own API.
//
// Each entry is the body of Polar's create request, and is refused in Polar's words. Two members are the emulator's:
// `id`, to have an object under an id of one's own (a product's as in production), and `key`, a name by which later
// entries refer to it where they want an id. A product's `benefits` are listed in it.
#pragma once

#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar::emulator {

struct World;

/// Fills an empty world from `{seed?, settings?, tokens?, meters?, benefits?, products?, discounts?, customers?}`;
/// `tokens` are those of POST /_emulator/tokens. Sends no webhooks. Errors: INVALID_JSON with the line,
/// VALIDATION_FAILED with the field, as `products[1].prices[0].price_amount`.
[[nodiscard]] Status ApplySeed(World& world, std::string_view text);

}  // namespace plinto::polar::emulator
