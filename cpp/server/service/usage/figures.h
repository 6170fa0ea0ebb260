// What Polar has said of a customer's meter, from the mirror.
//
// Pure.
#pragma once

#include <optional>

#include "core/billing/usage/meter_ledger.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// None before Polar has told of the customer as a whole. Nothing is credited on a meter that it does not name.
[[nodiscard]] std::optional<MeterFigure> FigureOf(const SubjectState& known, const std::string& meter_id);

}  // namespace plinto::polar::server
