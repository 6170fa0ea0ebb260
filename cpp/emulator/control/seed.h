// Fills the emulator from a user's file: what to sell and to whom, in the words of Polar's own API.
//
// Each entry is the body of Polar's create request, and is refused in Polar's words. Two members are the emulator's:
// `id` chooses the object's id (that of the product in production, for example), and `key` is a name that later entries
// may use in place of the id. A product lists its `benefits`.
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
