// The body of POST and PUT /orders: customer, lines and checkout.
#pragma once

#include <vector>

#include "core/foundation/json.h"
#include "emulator/conekta/errors.h"
#include "emulator/conekta/orders.h"

namespace plinto::polar::emulator::conekta {

/// Reads what is sent into `order`; what is not sent stays. `is_new`: what must be there is asked for.
void ReadOrder(World& world, const Json& object, bool is_new, Order& order, std::vector<Detail>& details);

/// One line item for a plan, of its first charge: nothing while a trial runs.
[[nodiscard]] std::vector<Line> PlanLines(World& world, std::string_view plan_id);

}  // namespace plinto::polar::emulator::conekta
