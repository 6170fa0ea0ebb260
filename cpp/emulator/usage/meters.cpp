#include "emulator/usage/meters.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

Json RenderPriceMeter(const Meter& meter) {
  return Json::object({
      {"id", meter.id},
      {"name", meter.name},
      {"unit", meter.unit},
      {"custom_label", OrNull(meter.custom_label)},
      {"custom_multiplier", OrNull(meter.custom_multiplier)},
  });
}

}  // namespace plinto::polar::emulator
