// The hosted checkout: a card form, a reference for cash, a CLABE for a transfer, and the way back to the shop.
#pragma once

#include <span>

#include "emulator/api/router.h"

namespace plinto::polar::emulator::conekta {

[[nodiscard]] std::span<const Route> CheckoutPageRoutes();

}  // namespace plinto::polar::emulator::conekta
