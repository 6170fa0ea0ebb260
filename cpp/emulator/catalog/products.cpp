#include "emulator/catalog/products.h"

#include "emulator/organization/organization.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json CountOrNull(const std::string& interval, std::int64_t count) {
  return interval.empty() ? Json(nullptr) : Json(count);
}

Json RenderProductBase(const World& world, const Product& product) {
  return Json::object({
      {"id", product.id},
      {"created_at", ToJson(product.created_at)},
      {"modified_at", OrNull(product.modified_at)},
      {"trial_interval", TextOrNull(product.trial_interval)},
      {"trial_interval_count", CountOrNull(product.trial_interval, product.trial_interval_count)},
      {"name", product.name},
      {"description", OrNull(product.description)},
      {"visibility", product.visibility},
      {"recurring_interval", TextOrNull(product.recurring_interval)},
      {"recurring_interval_count", CountOrNull(product.recurring_interval, product.recurring_interval_count)},
      {"meter_interval", TextOrNull(product.meter_interval)},
      {"meter_interval_count", CountOrNull(product.meter_interval, product.meter_interval_count)},
      {"is_recurring", IsRecurring(product)},
      {"is_archived", product.is_archived},
      {"is_deletable", false},
      {"organization_id", world.organization.id},
  });
}

template <class RenderOne>
Json RenderBenefits(const World& world, const Product& product, RenderOne render_one, bool only_public) {
  Json list = Json::array();
  for (const std::string& id : product.benefit_ids) {
    const Benefit* benefit = world.benefits.Find(id);
    if (benefit != nullptr && (!only_public || benefit->visibility == "public")) {
      list.push_back(render_one(world, *benefit));
    }
  }
  return list;
}

}  // namespace

std::vector<std::string> PricesIn(const World& world, const Product& product, std::string_view currency) {
  std::vector<std::string> ids;
  for (const std::string& id : product.price_ids) {
    const Price* price = world.prices.Find(id);
    if (price != nullptr && price->currency == currency) ids.push_back(id);
  }
  return ids;
}

const Price* MainPrice(const World& world, const Product& product, std::string_view currency) {
  const Price* price = StaticPrice(world, PricesIn(world, product, currency));
  return price != nullptr && IsStatic(*price) ? price : nullptr;
}

Json RenderProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "metadata", product.metadata);
  SetMember(json, "prices", RenderPrices(world, product.price_ids));
  SetMember(json, "benefits", RenderBenefits(world, product, RenderBenefit, false));
  SetMember(json, "medias", Json::array());
  SetMember(json, "attached_custom_fields", Json::array());
  return json;
}

Json RenderOrderProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "metadata", product.metadata);
  return json;
}

Json RenderCheckoutProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "prices", RenderPrices(world, product.price_ids));
  SetMember(json, "benefits", RenderBenefits(world, product, RenderPublicBenefit, true));
  SetMember(json, "medias", Json::array());
  return json;
}

Json RenderPortalProduct(const World& world, const Product& product) {
  Json json = RenderCheckoutProduct(world, product);
  SetMember(json, "organization", RenderPortalOrganization(world));
  return json;
}

}  // namespace plinto::polar::emulator
