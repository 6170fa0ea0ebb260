#include "server/service/usage/figures.h"

#include "core/billing/billing_state.h"

namespace plinto::polar::server {

std::optional<MeterFigure> FigureOf(const SubjectState& known, const std::string& meter_id) {
  if (!known.customer || !known.state.customer_state) return std::nullopt;
  MeterFigure figure{.as_of = known.state.customer_state->as_of};
  for (const auto& held : known.state.subscriptions) figure.period_starts.push_back(held.value.current_period_start);
  if (known.is_deleted || IsDeleted(known.state)) return figure;
  for (const MeterView& meter : known.state.customer_state->value.active_meters) {
    if (meter.meter_id != meter_id) continue;
    figure.consumed = DecimalSum(Decimal::FromJson(meter.consumed_units).value_or(Decimal()));
    figure.credited = meter.credited_units;
  }
  return figure;
}

}  // namespace plinto::polar::server
