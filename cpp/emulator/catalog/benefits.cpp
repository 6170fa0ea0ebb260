#include "emulator/catalog/benefits.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

Benefit* FindBenefit(World& world, std::string_view id) {
  Benefit* benefit = world.benefits.Find(id);
  return benefit == nullptr || benefit->deleted ? nullptr : benefit;
}

std::optional<MeterCredit> MeterCreditOf(const Benefit& benefit) {
  if (benefit.type != "meter_credit") return std::nullopt;
  const std::string* meter_id = FindString(benefit.properties, "meter_id");
  return MeterCredit{meter_id == nullptr ? "" : *meter_id, FindInteger(benefit.properties, "units").value_or(0),
                     FindBool(benefit.properties, "rollover").value_or(false)};
}

Json RenderPublicBenefit(const World& world, const Benefit& benefit) {
  return Json::object({
      {"id", benefit.id},
      {"created_at", ToJson(benefit.created_at)},
      {"modified_at", OrNull(benefit.modified_at)},
      {"type", benefit.type},
      {"description", benefit.description},
      {"selectable", true},
      {"deletable", true},
      {"is_deleted", benefit.deleted},
      {"organization_id", world.organization.id},
  });
}

Json RenderBenefit(const World& world, const Benefit& benefit) {
  Json json = RenderPublicBenefit(world, benefit);
  SetMember(json, "metadata", benefit.metadata);
  SetMember(json, "visibility", benefit.visibility);
  SetMember(json, "properties", benefit.properties);
  SetMember(json, "visibility_configurable", true);
  return json;
}

}  // namespace plinto::polar::emulator
