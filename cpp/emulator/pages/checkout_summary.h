// The half of the checkout page that says what is bought: product, number, discount and totals.
#pragma once

#include <string>

#include "core/foundation/json.h"
#include "emulator/pages/checkout_view.h"

namespace plinto::polar::emulator {

[[nodiscard]] std::string CheckoutSummary(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                                          const PageRefusal& refusal);
/// What was refused belongs to the summary, not to the payment.
[[nodiscard]] bool IsAboutSummary(const PageRefusal& refusal);

}  // namespace plinto::polar::emulator
