#include "core/billing/usage/countable_meter.h"

namespace plinto::polar {
namespace {

Error NotReservable(const Meter& meter, std::string field, const std::string& why) {
  return {.code = ErrorCode::kMeterNotReservable,
          .message = "The balance of the meter `" + meter.name + "` is known to Polar alone: " + why +
                     ". Take a meter that filters by one event's name alone, and counts events or sums up `quantity`.",
          .field = std::move(field)};
}

/// The name that the filter asks for, where it asks for nothing else.
const std::string* NameIn(const MeterFilter& filter) {
  const MeterFilter* one = &filter;
  for (int depth = 0; one->clauses && depth < 16; ++depth) {
    if (one->clauses->size() != 1) return nullptr;
    one = &one->clauses->front();
  }
  if (one->property != "name" || one->comparison != "eq" || !one->value) return nullptr;
  return one->value->get_ptr<const std::string*>();
}

}  // namespace

Result<CountableMeter> ReadCountableMeter(const Meter& meter, std::string field) {
  const std::string* name = NameIn(meter.filter);
  if (name == nullptr) return NotReservable(meter, std::move(field), "its filter asks for more than one event's name");
  const std::string function = meter.aggregation.func ? meter.aggregation.func->text() : std::string();
  const std::string property = meter.aggregation.property.value_or("");
  const bool counts = function == "count";
  const bool sums = function == "sum" && (property == "quantity" || property == "metadata.quantity");
  if (!counts && !sums)
    return NotReservable(meter, std::move(field), "it neither counts events nor sums up `quantity`");
  return CountableMeter{meter.id, meter.name, *name, counts};
}

}  // namespace plinto::polar
