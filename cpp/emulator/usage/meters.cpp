#include "emulator/usage/meters.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

Json RenderMeter(const World& world, const Meter& meter) {
  return Json::object({
      {"metadata", meter.metadata},
      {"created_at", ToJson(meter.created_at)},
      {"modified_at", OrNull(meter.modified_at)},
      {"id", meter.id},
      {"name", meter.name},
      {"unit", meter.unit},
      {"custom_label", OrNull(meter.custom_label)},
      {"custom_multiplier", OrNull(meter.custom_multiplier)},
      {"filter", meter.filter},
      {"aggregation", meter.aggregation},
      {"organization_id", world.organization.id},
      {"archived_at", OrNull(meter.archived_at)},
  });
}

}  // namespace plinto::polar::emulator
